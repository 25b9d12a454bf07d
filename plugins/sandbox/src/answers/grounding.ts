import type { JsonObject } from "@agproxy/core";
import { offers, searchesFor, urlsIn } from "./hosted-tools.ts";
import type { Choice, GenerateRequest } from "../wire.ts";

interface Source {
  readonly uri: string;
  readonly title: string;
}

/** What an answer says of its sources. */
export interface Grounding {
  /** For the first event: the pages that were read. */
  readonly opening: Partial<Choice>;
  /** For the last event: what was found, and which words it supports. */
  readonly closing: Partial<Choice>;
}

const found: readonly Source[] = [
  { uri: "https://agproxy.invalid/found/1", title: "agproxy.invalid" },
  { uri: "https://agproxy.invalid/found/2", title: "sandbox.agproxy.invalid" },
];

/**
 * Made-up sources for an answer, where the request has a tool that finds or reads pages. A page whose URL has
 * `missing`, `paywall` or `unsafe` in it cannot be read.
 *
 * @param text of the whole answer
 */
export function grounding(request: GenerateRequest, prompt: string, text: string): Grounding {
  const urls = offers(request, "urlContext") ? urlsIn(prompt) : [];
  const searches = searchesFor(request, prompt);
  const read = urls.filter((url) => retrieval(url) === "SUCCESS");
  const sources = [
    ...(searches ? found : []),
    ...read.map((uri) => ({ uri, title: titleOf(uri) })),
  ];
  const urlMetadata = urls.map((retrievedUrl) => ({
    retrievedUrl,
    urlRetrievalStatus: `URL_RETRIEVAL_STATUS_${retrieval(retrievedUrl)}`,
  }));
  return {
    opening: urls.length === 0 ? {} : { urlContextMetadata: { urlMetadata } },
    closing:
      sources.length === 0
        ? {}
        : { groundingMetadata: metadata(sources, searches ? [query(prompt)] : [], text) },
  };
}

function metadata(
  sources: readonly Source[],
  webSearchQueries: readonly string[],
  text: string,
): JsonObject {
  const renderedContent = '<div class="container">agproxy sandbox</div>';
  return {
    ...(webSearchQueries.length > 0 && { searchEntryPoint: { renderedContent }, webSearchQueries }),
    groundingChunks: sources.map((web) => ({ web })),
    groundingSupports: supports(text, sources.length),
  };
}

/** Each sentence is supported by one source, the last of them by all. Offsets count bytes; a zero is left out. */
function supports(text: string, sources: number): readonly JsonObject[] {
  const sentences = [...text.matchAll(/[^\s.!?][^.!?\n]*[.!?]?/gu)].slice(0, 3);
  return sentences.map(({ 0: sentence, index }, i) => {
    const startIndex = Buffer.byteLength(text.slice(0, index));
    const endIndex = startIndex + Buffer.byteLength(sentence);
    const isLast = i + 1 === sentences.length;
    return {
      segment: { ...(startIndex > 0 && { startIndex }), endIndex, text: sentence },
      groundingChunkIndices: isLast
        ? Array.from({ length: sources }, (_, at) => at)
        : [i % sources],
    };
  });
}

export function query(prompt: string): string {
  return prompt.replaceAll(/\s+/g, " ").slice(0, 80);
}

function retrieval(url: string): string {
  return /missing/.test(url)
    ? "ERROR"
    : (/paywall|unsafe/.exec(url)?.[0].toUpperCase() ?? "SUCCESS");
}

function titleOf(url: string): string {
  return URL.parse(url)?.hostname ?? url;
}

import {
  type AgproxyError,
  type ChatRequest,
  createHeldBytes,
  definePlugin,
  type Exchange,
  type MediaPart,
  type Part,
  type SideCalls,
  type Plugin,
  fits,
} from "@agproxy/core";
import { collector } from "./collector.ts";
import { linkedFilesBusy } from "./linked-files-busy.ts";
import type { Fetched, Link, Medium } from "./medium-fetch.ts";
import { type MediaFetchOptions, readMediaFetchOptions } from "./options.ts";
import { hostOf, unusable } from "./refusal.ts";

/** The plugin. `way` lets a test fetch from its own machine, which the guard refuses. */
export function createMediaFetch(
  options: MediaFetchOptions,
  way: (calls: SideCalls) => SideCalls,
): Plugin {
  const settings = readMediaFetchOptions(options);
  const byExchange = new WeakMap<Exchange, Fetched>();

  return definePlugin({
    name: "media-fetch",
    describe: () => (settings.enabled ? "links are fetched" : "links are refused"),
    apply({ hooks, sideCalls }) {
      const collect = collector(way(sideCalls), settings);
      const hold = createHeldBytes(settings.maxHeldBytes, linkedFilesBusy);
      hooks.done.tap("media-fetch", ({ exchange }) => byExchange.get(exchange)?.holding.release());
      hooks.transformRequest.tap("media-fetch", async (request, { exchange }) => {
        const found = links(request, settings.leave);
        const [first] = found;
        if (first === undefined) return request;
        if (!settings.enabled) throw switchedOff(first);
        // Every attempt starts from the client's request; what the first fetched is reused by the next.
        const fetched = byExchange.get(exchange) ?? {
          media: new Map(),
          bytes: 0,
          holding: hold(exchange.caller.id),
        };
        byExchange.set(exchange, fetched);
        await collect(found, fetched, exchange);
        return withMedia(request, fetched.media);
      });
    },
  });
}

function switchedOff({ param, url }: Link): AgproxyError {
  return unusable(param, `this gateway fetches no links, so ${hostOf(url)} was not asked.`);
}

/** The links of a request, in order, without those that fit a pattern of `leave`. */
function links(request: ChatRequest, leave: readonly string[]): readonly Link[] {
  return request.messages.flatMap(({ content }, index) =>
    linksIn(content, `messages[${index}].content`, leave),
  );
}

function linksIn(parts: readonly Part[], at: string, leave: readonly string[]): readonly Link[] {
  return parts.flatMap((part, index) => {
    const param = `${at}[${index}]`;
    if (part.type === "tool-result") return linksIn(part.content, `${param}.content`, leave);
    if (part.type !== "media" || part.source.kind !== "url") return [];
    const { url } = part.source;
    if (!/^https?:/i.test(url) || isLeft(url, leave)) return [];
    return [{ url, param, media: part.media }];
  });
}

function isLeft(url: string, leave: readonly string[]): boolean {
  const plain = URL.canParse(url) ? new URL(url).href : url;
  return leave.some((pattern) => fits(pattern, plain));
}

/** The request with content in place of the links that `media` knows. */
function withMedia(request: ChatRequest, media: ReadonlyMap<string, Medium>): ChatRequest {
  const messages = request.messages.map((message) => ({
    ...message,
    content: message.content.map((part) => replaced(part, media)),
  }));
  return { ...request, messages };
}

function replaced(part: Part, media: ReadonlyMap<string, Medium>): Part {
  if (part.type === "media") return loaded(part, media);
  if (part.type !== "tool-result") return part;
  const content = part.content.map((each) => (each.type === "media" ? loaded(each, media) : each));
  return { ...part, content };
}

function loaded(part: MediaPart, media: ReadonlyMap<string, Medium>): MediaPart {
  const medium = part.source.kind === "url" ? media.get(part.source.url) : undefined;
  if (medium === undefined) return part;
  const { mimeType, data } = medium;
  return { ...part, mimeType, source: { kind: "data", data } };
}

import {
  type ChatEvent,
  type Citation,
  type JsonObject,
  type TokenLogprob,
  type Usage,
} from "@agproxy/core";
import { type AnswerPart, answerPart } from "./answer-part.ts";
import { finishFields } from "./finish.ts";
import { groundingMetadata } from "./sources.ts";
import { usageMetadata } from "./usage.ts";

export interface ResponseNames {
  readonly modelVersion: string;
  readonly responseId: string;
}

/** What belongs to one choice, until it is written. */
interface Draft {
  readonly parts: AnswerPart[];
  readonly queries: string[];
  readonly citations: Citation[];
  readonly tokens: TokenLogprob[];
  finish: JsonObject | undefined;
}

/**
 * Makes payloads of events that did not come on this wire. It holds the state of one answer: places in the text are counted
 * from its start.
 * Source: https://ai.google.dev/api/generate-content#generatecontentresponse
 */
export class ResponseWriter {
  readonly #names: ResponseNames;
  readonly #hasThoughts: boolean;
  #drafts = new Map<number, Draft>();
  #usage: Usage | undefined;
  /** The text of each choice so far. */
  readonly #texts = new Map<number, string>();

  /** @param hasThoughts whether the client wants to see thoughts; their signatures it gets anyway */
  constructor(names: ResponseNames, hasThoughts: boolean) {
    this.#names = names;
    this.#hasThoughts = hasThoughts;
  }

  add(event: ChatEvent): void {
    if (event.type === "usage") {
      this.#usage = event.usage;
      return;
    }
    const draft = this.#draft(event.choice);
    switch (event.type) {
      case "citation":
        draft.citations.push(event.citation);
        return;
      case "search":
        for (const query of event.queries) draft.queries.push(query);
        return;
      case "logprobs":
        for (const token of event.tokens) draft.tokens.push(token);
        return;
      case "finish":
        draft.finish = finishFields(event);
        return;
      case "embedding":
        return;
      case "reasoning":
        if (this.#hasThoughts) addPart(draft.parts, answerPart(event));
        else if (event.signature !== undefined)
          addPart(draft.parts, answerPart({ ...event, text: "" }));
        return;
      case "text":
        this.#texts.set(event.choice, (this.#texts.get(event.choice) ?? "") + event.text);
        addPart(draft.parts, answerPart(event));
        return;
      default:
        addPart(draft.parts, answerPart(event));
    }
  }

  /** The payload of what was added since the last one; undefined where that is nothing. */
  take(): JsonObject | undefined {
    if (this.#drafts.size === 0 && this.#usage === undefined) return undefined;
    const candidates = [...this.#drafts].map(([index, draft]) => this.#candidate(index, draft));
    const usage = this.#usage;
    this.#drafts = new Map();
    this.#usage = undefined;
    return {
      ...(candidates.length === 0 ? {} : { candidates }),
      ...(usage === undefined ? {} : { usageMetadata: usageMetadata(usage) }),
      ...this.#names,
    };
  }

  #draft(choice: number): Draft {
    const known = this.#drafts.get(choice);
    if (known !== undefined) return known;
    const made: Draft = { parts: [], queries: [], citations: [], tokens: [], finish: undefined };
    this.#drafts.set(choice, made);
    return made;
  }

  #candidate(index: number, { parts, queries, citations, tokens, finish }: Draft): JsonObject {
    const grounding = groundingMetadata(queries, citations, this.#texts.get(index) ?? "");
    return {
      content: { parts, role: "model" },
      ...finish,
      index,
      ...(grounding === undefined ? {} : { groundingMetadata: grounding }),
      ...(tokens.length === 0 ? {} : { logprobsResult: logprobsResult(tokens) }),
    };
  }
}

/** Joins text to a part before it of the same kind. A signature ends its part. */
function addPart(parts: AnswerPart[], part: AnswerPart): void {
  const last = parts.at(-1);
  const joins =
    last?.text !== undefined &&
    part.text !== undefined &&
    last.thought === part.thought &&
    last.thoughtSignature === undefined;
  if (joins) parts[parts.length - 1] = { ...part, text: `${last.text}${part.text}` };
  else parts.push(part);
}

/** Source: https://ai.google.dev/api/generate-content#LogprobsResult */
function logprobsResult(tokens: readonly TokenLogprob[]): JsonObject {
  return {
    topCandidates: tokens.map(({ top }) => ({ candidates: top.map(likely) })),
    chosenCandidates: tokens.map(likely),
  };
}

function likely({ token, logprob }: Pick<TokenLogprob, "token" | "logprob">): JsonObject {
  return { token, logProbability: logprob };
}

import {
  AgproxyError,
  type Answer,
  type ChatEvent,
  type Encoder,
  type Usage,
  type FinishReason,
  type Choice,
} from "@agproxy/core";
import type { ToolNames } from "../tool-names.ts";
import { silence, type Framing } from "./event-frames.ts";
import { Ladder, type ContentEvent } from "./ladder.ts";
import type { TokenMaker } from "../signatures.ts";
import { type Ended, type Keeper, ResponseFrames } from "./response-frames.ts";
import {
  type ResponseHead,
  type ResponseObject,
  responseObject,
  wireUsage,
} from "./response-object.ts";
import type { OutputItem } from "./output-items.ts";

export interface Answering {
  readonly head: ResponseHead;
  readonly names: ToolNames;
  /** Item ids are made of it. */
  readonly seed: string;
  /** Whether an answer that is not streamed carries `choices` too. */
  readonly choices: boolean;
  /** Unix time in seconds. */
  readonly now: () => number;
  readonly token: TokenMaker;
  readonly framing: Framing;
  /** Absent where nothing is to be kept. */
  readonly keep: Keeper | undefined;
}

/**
 * One answer as a Response: the ladder of events, or the finished object.
 * Source: https://platform.openai.com/docs/api-reference/responses-streaming
 */
export class ResponsesEncoder implements Encoder {
  readonly #answering: Answering;
  readonly #frames: ResponseFrames;
  readonly #ladder: Ladder;
  #finish: Finish | undefined;
  #usage: Usage | undefined;

  constructor(answering: Answering) {
    const { head, framing, keep, seed, names, token } = answering;
    this.#answering = answering;
    this.#frames = new ResponseFrames(head, framing, keep);
    this.#ladder = new Ladder(this.#frames, seed, names, token);
  }

  batch(events: readonly ChatEvent[]): string {
    if (events.length === 0) return "";
    this.#frames.begin();
    for (const event of events) {
      if (event.type === "usage") this.#usage = event.usage;
      // This API has one answer to a request.
      else if (event.choice !== 0) continue;
      else if (event.type === "finish") this.#finish = event;
      else this.#ladder.add(event);
    }
    return this.#frames.take();
  }

  readonly idle = (): string => this.#frames.idle();

  /** Throws for an answer that failed: the core reports it and asks for `fail`. */
  end(): string | Promise<string> {
    this.#frames.begin();
    const state = closed(this.#ladder, this.#finish);
    return this.#frames.end({ ...state, ...this.#completion(state), ...this.#ended() });
  }

  fail(error: AgproxyError): string | Promise<string> {
    return this.#frames.fail(error, this.#ended());
  }

  /** Throws for an answer that failed: it becomes an HTTP error. */
  whole(answer: Answer): unknown {
    const { seed, names, head, token, keep } = this.#answering;
    const ladder = new Ladder(silence, seed, names, token);
    const choice = answer.choices[0];
    for (const event of choice === undefined ? [] : answerEvents(choice)) ladder.add(event);
    const state = closed(ladder, choice?.finish);
    const response = responseObject(head, {
      ...state,
      ...this.#completion(state),
      output: ladder.items,
      usage: wireUsage(answer.usage),
    });
    const told = (kept: ResponseObject) =>
      this.#answering.choices && choice !== undefined
        ? { ...kept, choices: choices(ladder.items, choice.finish.reason) }
        : kept;
    return keep === undefined ? told(response) : keep(response).then(told);
  }

  #ended(): Ended {
    return { output: this.#ladder.items, usage: wireUsage(this.#usage) };
  }

  #completion({ status }: Ending): { completedAt?: number } {
    return status === "completed" ? { completedAt: this.#answering.now() } : {};
  }
}

/** Closes the items of an answer that ended well enough to be one. */
function closed(ladder: Ladder, finish: Finish | undefined): Ending {
  const state = ending(finish, ladder.saidSomething);
  if (state.incomplete?.reason === "content_filter" && !ladder.saidSomething) {
    ladder.add({ type: "refusal", choice: 0, text: refusal(finish?.detail) });
  }
  ladder.close(state.status);
  return state;
}

/** Without a word of explanation, a blocked prompt looks like an empty answer and is sent again. */
function refusal(detail: string | undefined): string {
  return detail === undefined
    ? "The upstream's content filter stopped the answer."
    : `The upstream's content filter stopped the answer (${detail}).`;
}

const finishReasons: Readonly<Partial<Record<FinishReason, string>>> = {
  length: "length",
  "content-filter": "content_filter",
};

/** The answer's text once more, in the shape of a chat completion, for readers that know no other. */
function choices(output: readonly OutputItem[], reason: FinishReason) {
  const texts = output.flatMap((item) =>
    item.type === "message"
      ? item.content.flatMap((part) => (part.type === "output_text" ? [part.text] : []))
      : [],
  );
  const called = output.some(({ type }) => type === "function_call" || type === "custom_tool_call");
  const content = texts.length === 0 ? null : texts.join("");
  const finish_reason = finishReasons[reason] ?? (called ? "tool_calls" : "stop");
  return [{ index: 0, message: { role: "assistant", content }, finish_reason }];
}

/**
 * The events of a collected answer, so that it is built by the same steps as a streamed one. What is
 * known about the text follows the last text, where a stream has it too.
 */
function answerEvents({ content, citations, logprobs }: Choice): readonly ContentEvent[] {
  const events = content.map(contentEvent);
  const notes: readonly ContentEvent[] = [
    ...(logprobs.length === 0 ? [] : [{ type: "logprobs", choice: 0, tokens: logprobs } as const]),
    ...citations.map((citation) => ({ type: "citation", choice: 0, citation }) as const),
  ];
  const end = events.findLastIndex(({ type }) => type === "text") + 1 || events.length;
  return events.toSpliced(end, 0, ...notes);
}

function contentEvent(part: Choice["content"][number]): ContentEvent {
  if (part.type !== "media") return { ...part, choice: 0 };
  const { source, mimeType = "application/octet-stream", ...media } = part;
  if (source.kind === "data") return { ...media, mimeType, data: source.data, choice: 0 };
  return { type: "text", text: source.kind === "url" ? source.url : source.id, choice: 0 };
}

/** How an answer ended, as a Response object says it. */
export interface Ending {
  readonly status: "completed" | "incomplete";
  readonly incomplete: { readonly reason: "max_output_tokens" | "content_filter" } | null;
}

/** What the upstream said at the end of the answer. */
export interface Finish {
  readonly reason: FinishReason;
  readonly detail?: string;
}

/**
 * Throws where a client would take a failed answer for a good one: no finish at all, or a call that the
 * model failed to write.
 *
 * `other` is an end for a reason that the API has no word for. After text or a call it is `completed`:
 * an `incomplete` must name a limit or a filter, which would send the reader after the wrong cause, and a
 * failure would throw away what there is. With nothing said it is a failure: an agent that reads an empty
 * completed answer believes that its work is done.
 */
export function ending(finish: Finish | undefined, saidSomething: boolean): Ending {
  switch (finish?.reason) {
    case undefined:
      throw new AgproxyError("upstream_cut");
    case "length":
      return { status: "incomplete", incomplete: { reason: "max_output_tokens" } };
    case "content-filter":
      return { status: "incomplete", incomplete: { reason: "content_filter" } };
    case "malformed-tool-call":
      throw new AgproxyError("malformed_tool_call", undefined, details(finish));
    case "other":
      if (!saidSomething) throw saidNothing(finish);
      break;
    case "stop":
    case "tool-calls":
      break;
  }
  return { status: "completed", incomplete: null };
}

function saidNothing(finish: Finish | undefined): AgproxyError {
  const reason = finish?.detail === undefined ? "without a reason" : `with "${finish.detail}"`;
  const message = `The upstream ended the answer ${reason} before it said anything.`;
  return new AgproxyError("upstream_failed", message, {
    ...details(finish),
    advice: "Try again, or change the prompt.",
  });
}

function details(finish: Finish | undefined) {
  return finish?.detail === undefined ? {} : { details: { reason: finish.detail } };
}

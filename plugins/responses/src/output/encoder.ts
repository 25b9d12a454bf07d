import {
  AgproxyError,
  type Answer,
  type ChatEvent,
  type Choice,
  type Encoder,
  type FinishReason,
  type Usage,
} from "@agproxy/core";
import type { TokenMaker } from "../signatures.ts";
import type { ToolNames } from "../tool-names.ts";
import { type Framing, noEvents } from "./event-frames.ts";
import { type ContentEvent, OutputBuilder } from "./output-builder.ts";
import type { OutputItem } from "./output-items.ts";
import { type Keeper, type PartialOutput, ResponseFrames } from "./response-frames.ts";
import {
  type ResponseHead,
  type ResponseObject,
  responseObject,
  wireUsage,
} from "./response-object.ts";

export interface EncoderOptions {
  readonly head: ResponseHead;
  readonly names: ToolNames;
  /** The ids of the items contain it. */
  readonly seed: string;
  /** Whether an answer that is not streamed carries `choices` too. */
  readonly choices: boolean;
  /** Unix time in seconds. */
  readonly now: () => number;
  readonly token: TokenMaker;
  readonly framing: Framing;
  /** Undefined where the response is to be kept nowhere. */
  readonly keep: Keeper | undefined;
}

/**
 * Encodes one answer as a Response: as a stream of events, or as the finished object.
 * Source: https://platform.openai.com/docs/api-reference/responses-streaming
 */
export class ResponsesEncoder implements Encoder {
  readonly #options: EncoderOptions;
  readonly #frames: ResponseFrames;
  readonly #output: OutputBuilder;
  #finish: Finish | undefined;
  #usage: Usage | undefined;

  constructor(options: EncoderOptions) {
    const { head, framing, keep, seed, names, token } = options;
    this.#options = options;
    this.#frames = new ResponseFrames(head, framing, keep);
    this.#output = new OutputBuilder(this.#frames, seed, names, token);
  }

  batch(events: readonly ChatEvent[]): string {
    if (events.length === 0) return "";
    this.#frames.begin();
    for (const event of events) {
      if (event.type === "usage") this.#usage = event.usage;
      // This API has one answer to a request.
      else if (event.choice !== 0) continue;
      else if (event.type === "finish") this.#finish = event;
      else this.#output.add(event);
    }
    return this.#frames.take();
  }

  readonly idle = (): string => this.#frames.idle();

  /** Throws for an answer that failed: the core reports it and calls `fail`. */
  end(): string | Promise<string> {
    this.#frames.begin();
    const state = closedOutput(this.#output, this.#finish);
    return this.#frames.end({ ...state, ...this.#completion(state), ...this.#partialOutput() });
  }

  fail(error: AgproxyError): string | Promise<string> {
    return this.#frames.fail(error, this.#partialOutput());
  }

  /** Throws for an answer that failed: it becomes an HTTP error. */
  whole(answer: Answer): unknown {
    const { seed, names, head, token, keep } = this.#options;
    const output = new OutputBuilder(noEvents, seed, names, token);
    const choice = answer.choices[0];
    for (const event of choice === undefined ? [] : answerEvents(choice)) output.add(event);
    const state = closedOutput(output, choice?.finish);
    const response = responseObject(head, {
      ...state,
      ...this.#completion(state),
      output: output.items,
      usage: wireUsage(answer.usage),
    });
    const withChoices = (kept: ResponseObject) =>
      this.#options.choices && choice !== undefined
        ? { ...kept, choices: choices(output.items, choice.finish.reason) }
        : kept;
    return keep === undefined ? withChoices(response) : keep(response).then(withChoices);
  }

  #partialOutput(): PartialOutput {
    return { output: this.#output.items, usage: wireUsage(this.#usage) };
  }

  #completion({ status }: ResponseEnd): { completedAt?: number } {
    return status === "completed" ? { completedAt: this.#options.now() } : {};
  }
}

/** Closes the output of an answer. Throws where the answer failed. */
function closedOutput(output: OutputBuilder, finish: Finish | undefined): ResponseEnd {
  const state = responseEnd(finish, output.hasAnswer);
  if (state.incomplete?.reason === "content_filter" && !output.hasAnswer) {
    output.add({ type: "refusal", choice: 0, text: filterRefusal(finish?.detail) });
  }
  output.close(state.status);
  return state;
}

/** Without it a blocked prompt looks like an empty answer, and clients send it again. */
function filterRefusal(detail: string | undefined): string {
  return detail === undefined
    ? "The upstream's content filter stopped the answer."
    : `The upstream's content filter stopped the answer (${detail}).`;
}

/** The answer's text as a chat completion has it, for clients that read only `choices`. */
function choices(output: readonly OutputItem[], reason: FinishReason) {
  const texts = output.flatMap((item) =>
    item.type === "message"
      ? item.content.flatMap((part) => (part.type === "output_text" ? [part.text] : []))
      : [],
  );
  const called = output.some(({ type }) => type === "function_call" || type === "custom_tool_call");
  const content = texts.length === 0 ? null : texts.join("");
  const finish_reason = chatFinishReason(reason, called);
  return [{ index: 0, message: { role: "assistant", content }, finish_reason }];
}

function chatFinishReason(reason: FinishReason, called: boolean): string {
  switch (reason) {
    case "length":
      return "length";
    case "content-filter":
      return "content_filter";
    case "stop":
    case "tool-calls":
    case "malformed-tool-call":
    case "other":
      return called ? "tool_calls" : "stop";
  }
}

/**
 * The events of a collected answer, so that it is built by the same steps as a streamed one. Citations and logprobs
 * follow the last text, as in a stream.
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

/** How an answer ended, in the words of a Response object. */
export interface ResponseEnd {
  readonly status: "completed" | "incomplete";
  readonly incomplete: { readonly reason: "max_output_tokens" | "content_filter" } | null;
}

/** What the upstream said at the end of the answer. */
export interface Finish {
  readonly reason: FinishReason;
  readonly detail?: string;
}

/**
 * Throws where a client would take a failed answer for a good one: without a finish, or with a call that the model
 * failed to write.
 *
 * The API has no word for `other`. Where there is an answer, it is `completed`: `incomplete` would name a limit or a
 * filter that was not the cause, and a failure would discard the answer. Without one it is a failure: an agent takes an
 * empty completed answer for the end of its work.
 */
export function responseEnd(finish: Finish | undefined, hasAnswer: boolean): ResponseEnd {
  if (finish === undefined) throw new AgproxyError("upstream_cut");
  switch (finish.reason) {
    case "length":
      return { status: "incomplete", incomplete: { reason: "max_output_tokens" } };
    case "content-filter":
      return { status: "incomplete", incomplete: { reason: "content_filter" } };
    case "malformed-tool-call":
      throw new AgproxyError("malformed_tool_call", undefined, details(finish));
    case "other":
      if (!hasAnswer) throw emptyAnswer(finish);
      break;
    case "stop":
    case "tool-calls":
      break;
    default:
      finish.reason satisfies never;
  }
  return { status: "completed", incomplete: null };
}

function emptyAnswer(finish: Finish | undefined): AgproxyError {
  const reason = finish?.detail === undefined ? "without a reason" : `with "${finish.detail}"`;
  const message = `The upstream ended an empty answer ${reason}.`;
  return new AgproxyError("upstream_failed", message, {
    ...details(finish),
    advice: "Try again, or change the prompt.",
  });
}

function details(finish: Finish | undefined) {
  return finish?.detail === undefined ? {} : { details: { reason: finish.detail } };
}

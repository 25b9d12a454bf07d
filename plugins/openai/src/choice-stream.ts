import {
  AgproxyError,
  sseFrame,
  ssePing,
  type ChatEvent,
  type Usage,
  errorBody,
  type Encoder,
  type FinishReason,
} from "@agproxy/core";

type FinishEvent = Extract<ChatEvent, { type: "finish" }>;
type PlainEvent = Exclude<ChatEvent, FinishEvent | { type: "usage" }>;

/** Writes a stream. Nothing in it is asynchronous. */
export interface StreamEncoder {
  batch(events: readonly ChatEvent[]): string;
  idle(): string;
  end(): string;
  fail(error: AgproxyError): string;
}

/** Writes the steps of a stream as SSE frames, for one wire. `Progress` is its state of one choice. */
export interface Writer<Progress> {
  start(): Progress;
  event(event: PlainEvent, progress: Progress): string;
  /** Throws where the end of the choice is a failure. */
  finish(event: FinishEvent, progress: Progress): string;
  usage(usage: Usage): string;
}

/**
 * The life of a stream: each choice finishes exactly once, the last counts come after all of them, and
 * only a complete stream ends in `[DONE]`. Some clients wait for ever where it is missing.
 */
export function choiceStream<Progress>(
  writer: Writer<Progress>,
  mayHaveGaps = false,
): StreamEncoder {
  const choices: ({ readonly progress: Progress; finished: boolean } | undefined)[] = [];
  let usage: Usage | undefined;
  let failure: AgproxyError | undefined;

  function one(event: Exclude<ChatEvent, { type: "usage" }>): string {
    const choice = (choices[event.choice] ??= { progress: writer.start(), finished: false });
    if (event.type !== "finish") return writer.event(event, choice.progress);
    if (choice.finished) return "";
    choice.finished = true;
    try {
      return writer.finish(event, choice.progress);
    } catch (thrown) {
      // Events before this one in the batch are still sent; `end` throws the failure.
      failure = AgproxyError.from(thrown);
      return "";
    }
  }

  return {
    batch(events) {
      let text = "";
      for (const event of events) {
        if (event.type === "usage") usage = event.usage;
        else text += one(event);
      }
      return text;
    },
    idle: () => ssePing,
    end() {
      if (failure !== undefined) throw failure;
      // `every` skips the holes that silent choices leave; `Array.from` does not.
      const expected = mayHaveGaps ? choices : Array.from(choices);
      const complete = expected.every((choice) => choice?.finished === true);
      if (!complete || choices.length === 0) throw new AgproxyError("upstream_cut");
      return (usage === undefined ? "" : writer.usage(usage)) + sseFrame("[DONE]");
    },
    fail: (error) => sseFrame(JSON.stringify(errorBody(error))),
  };
}

/** Writes an answer whole or as a stream. The stream is prepared on first use, as an answer needs only one of the two. */
export function eitherWay(whole: Encoder["whole"], prepare: () => StreamEncoder): Encoder {
  let prepared: StreamEncoder | undefined;
  const stream = () => (prepared ??= prepare());
  return {
    whole,
    batch: (events) => stream().batch(events),
    idle: () => stream().idle(),
    end: () => stream().end(),
    fail: (error) => stream().fail(error),
  };
}

/** What a choice has written when it ends. */
export interface Written {
  readonly calls: number;
  /** Whether there is any text, call or medium; thoughts do not count. */
  readonly anything: boolean;
}

/** The API's word for the end of a choice, and the vendor's own where it gave one. */
export interface WireFinish {
  readonly finish_reason: "stop" | "length" | "tool_calls" | "content_filter" | "function_call";
  readonly native_finish_reason?: string;
}

/**
 * How a choice ended. Throws where a client would take a failed answer for a good one.
 *
 * `other` is an end for a reason that the API has no word for. After text or a call it is `stop` with the
 * vendor's word beside it: `length` would make clients raise a limit that was not reached, `content_filter`
 * would blame the prompt, and an error would throw away what there is. With nothing written it is an error:
 * an agent that reads `stop` and no text believes that its work is done.
 */
export function wireFinish(
  finish: { readonly reason: FinishReason; readonly detail?: string },
  written: Written,
  legacyFunctions: boolean,
): WireFinish {
  const native = finish.detail === undefined ? {} : { native_finish_reason: finish.detail };
  switch (finish.reason) {
    case "length":
      return { finish_reason: "length", ...native };
    case "content-filter":
      return { finish_reason: "content_filter", ...native };
    case "malformed-tool-call":
      throw new AgproxyError("malformed_tool_call", undefined, details(finish.detail));
    case "other":
      if (!written.anything) throw nothing(finish.detail);
      break;
    case "stop":
    case "tool-calls":
      break;
    default:
      finish.reason satisfies never;
  }
  if (written.calls === 0) return { finish_reason: "stop", ...native };
  return { finish_reason: legacyFunctions ? "function_call" : "tool_calls", ...native };
}

function nothing(detail: string | undefined): AgproxyError {
  const reason = detail === undefined ? "without a reason" : `with the reason "${detail}"`;
  return new AgproxyError(
    "upstream_failed",
    `The upstream ended the answer ${reason} and no text.`,
    {
      ...details(detail),
      advice: "Try again, or change the prompt.",
    },
  );
}

function details(reason: string | undefined) {
  return reason === undefined ? {} : { details: { reason } };
}

import {
  AgproxyError,
  sseFrame,
  ssePing,
  type ChatEvent,
  type Usage,
  errorBody,
  type Encoder,
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
export function choiceStream<Progress>(writer: Writer<Progress>): StreamEncoder {
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
      // Array.from, because `every` skips the holes that silent choices leave.
      const complete = Array.from(choices).every((choice) => choice?.finished === true);
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

import {
  AgproxyError,
  sseFrame,
  ssePing,
  type ChatEvent,
  type Usage,
  errorBody,
} from "@agproxy/core";

type FinishEvent = Extract<ChatEvent, { type: "finish" }>;
type PlainEvent = Exclude<ChatEvent, FinishEvent | { type: "usage" }>;

/** What writes a stream, and never has to wait for anything. */
export interface StreamEncoder {
  batch(events: readonly ChatEvent[]): string;
  idle(): string;
  end(): string;
  fail(error: AgproxyError): string;
}

/** One wire's way to write the steps of a stream, as SSE frames. `Progress` is what it knows of a choice. */
export interface Writer<Progress> {
  start(): Progress;
  event(event: PlainEvent, progress: Progress): string;
  /** Throws where the end of the choice is a failure. */
  finish(event: FinishEvent, progress: Progress): string;
  usage(usage: Usage): string;
}

/**
 * The life of a stream: each choice finishes exactly once, the last counts come after all of them, and
 * only a complete stream ends in `[DONE]`. Clients loop for ever on a stream that just ends.
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
      // What came before it in this batch still goes out; `end` has the last word.
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
      // Array.from, because `every` skips a choice that never said anything.
      const complete = Array.from(choices).every((choice) => choice?.finished === true);
      if (!complete || choices.length === 0) throw new AgproxyError("upstream_cut");
      return (usage === undefined ? "" : writer.usage(usage)) + sseFrame("[DONE]");
    },
    fail: (error) => sseFrame(JSON.stringify(errorBody(error))),
  };
}

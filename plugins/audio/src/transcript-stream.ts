import {
  sseFrame,
  type ChatEvent,
  type Encoder,
  type TokenLogprob,
  type Usage,
} from "@agproxy/core";
import { failFrame, assertWhole, type Outcome } from "./outcome.ts";
import { transcriptUsage, wireLogprobs } from "./transcript-details.ts";
import type { Task, TranscriptWish } from "./transcript-request.ts";

/**
 * A stream of pieces of a transcript and, last, all of it. `end` throws where it is not whole.
 * Source: https://platform.openai.com/docs/api-reference/audio/transcript-text-delta-event
 */
export function transcriptStream(task: Task, wish: TranscriptWish): Omit<Encoder, "whole"> {
  const said: string[] = [];
  const refused: string[] = [];
  const tokens: TokenLogprob[] = [];
  let finish: Outcome["finish"];
  let usage: Usage | undefined;

  function read(event: ChatEvent): string {
    switch (event.type) {
      case "text":
        if (event.text === "") return "";
        said.push(event.text);
        return sseFrame(JSON.stringify({ type: "transcript.text.delta", delta: event.text }));
      case "refusal":
        refused.push(event.text);
        return "";
      case "logprobs":
        for (const token of event.tokens) tokens.push(token);
        return "";
      case "usage":
        usage = event.usage;
        return "";
      case "finish":
        finish = event;
        return "";
      case "reasoning":
      case "tool-call":
      case "media":
      case "code":
      case "code-result":
      case "citation":
      case "search":
      case "embedding":
        return "";
    }
  }

  return {
    batch: (events) => events.map(read).join(""),
    end() {
      const text = said.join("");
      assertWhole(task, { said: text, refused: refused.join(""), finish });
      return doneFrame(text, wish.logprobs ? tokens : undefined, usage);
    },
    fail: failFrame,
  };
}

/** The last event, with all of the transcript. */
function doneFrame(
  text: string,
  tokens: readonly TokenLogprob[] | undefined,
  usage: Usage | undefined,
): string {
  const done = {
    type: "transcript.text.done",
    text,
    ...(tokens === undefined ? {} : { logprobs: wireLogprobs(tokens) }),
    ...(usage === undefined ? {} : { usage: transcriptUsage(usage) }),
  };
  return sseFrame(JSON.stringify(done));
}

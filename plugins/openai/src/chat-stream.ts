import { annotations } from "./annotations.ts";
import type { ChatWish } from "./chat-request.ts";
import { choiceStream, type StreamEncoder } from "./choice-stream.ts";
import { chunkFrames, type ChunkFrames } from "./chunk-frames.ts";
import { writeDelta } from "./delta.ts";
import { wireFinish } from "./finish-reason.ts";
import { wireLogprobs } from "./logprobs.ts";
import { newProgress, type Progress } from "./progress.ts";
import type { Stamp } from "./stamp.ts";
import { wireUsage } from "./usage.ts";

/**
 * A stream of chunks. What is alike in all of them is written once; an event costs one small string.
 * Source: https://platform.openai.com/docs/api-reference/chat/streaming
 */
export function chatStream(stamp: Stamp, wish: ChatWish): StreamEncoder {
  const frames = chunkFrames(stamp, wish.includeUsage);
  return choiceStream<Progress>({
    start: newProgress,
    event(event, progress) {
      const { choice } = event;
      switch (event.type) {
        case "citation":
          // A source that comes too late for the last delta gets one of its own.
          progress.citations.push(event.citation);
          return progress.finished ? cited(choice, progress, frames) : "";
        case "embedding":
        case "search":
          return "";
        case "logprobs":
          return frames.delta(choice, opening(progress, "{}"), wireLogprobs(event.tokens));
        default: {
          const delta = writeDelta(event, progress, wish);
          return frames.delta(choice, opening(progress, delta), null);
        }
      }
    },
    finish(event, progress) {
      const last = wireFinish(event, progress, wish.legacyFunctions);
      progress.finished = true;
      const sources = cited(event.choice, progress, frames);
      return sources + frames.last(event.choice, opening(progress, "{}"), last);
    },
    usage: (usage) => (wish.includeUsage ? frames.usage(wireUsage(usage)) : ""),
  });
}

/** The role belongs to the first delta of a choice, and to no other: some clients join what they get. */
function opening(progress: Progress, delta: string): string {
  if (progress.started) return delta;
  progress.started = true;
  const rest = delta.slice(1);
  if (rest === "}") return '{"role":"assistant","content":""}';
  const content = rest.startsWith('"content":') ? "" : '"content":null,';
  return `{"role":"assistant",${content}${rest}`;
}

/** The sources gathered so far, all in one delta: their places in the text are known only now. */
function cited(choice: number, progress: Progress, frames: ChunkFrames): string {
  if (progress.citations.length === 0) return "";
  const sources = annotations(progress.citations.splice(0), progress);
  const delta = opening(progress, `{"annotations":${JSON.stringify(sources)}}`);
  return frames.delta(choice, delta, null);
}

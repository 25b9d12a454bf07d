import { sseFrame } from "@agproxy/core";
import { annotations } from "./annotations.ts";
import type { ChatWish } from "./chat-request.ts";
import { choiceStream, type StreamEncoder, wireFinish, type WireFinish } from "./choice-stream.ts";
import { writeDeltas, newProgress, type Progress } from "./delta.ts";
import { type AnswerHead, wireLogprobs } from "./chat-answer.ts";
import { wireUsage } from "./usage.ts";

/**
 * A stream of chunks. The part that is the same in every chunk is serialized once, so an event costs one small string.
 * Source: https://platform.openai.com/docs/api-reference/chat/streaming
 */
export function chatStream(answer: AnswerHead, wish: ChatWish): StreamEncoder {
  const frames = chunkFrames(answer, wish.includeUsage);
  return choiceStream<Progress>({
    start: newProgress,
    event(event, progress) {
      const { choice } = event;
      switch (event.type) {
        case "citation":
          // A citation after the last delta gets a delta of its own.
          progress.citations.push(event.citation);
          return progress.finished ? cited(choice, progress, frames) : "";
        case "embedding":
        case "search":
          return "";
        case "logprobs":
          return inGroups(event.tokens, maxTokensPerChunk, (tokens) =>
            frames.delta(choice, opening(progress, "{}"), wireLogprobs(tokens)),
          );
        default: {
          let text = "";
          for (const delta of writeDeltas(event, progress, wish)) {
            text += frames.delta(choice, opening(progress, delta), null);
          }
          return text;
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

/** Only the first delta of a choice carries the role: some clients concatenate the roles they get. */
function opening(progress: Progress, delta: string): string {
  if (progress.started) return delta;
  progress.started = true;
  const rest = delta.slice(1);
  if (rest === "}") return '{"role":"assistant","content":""}';
  const content = rest.startsWith('"content":') ? "" : '"content":null,';
  return `{"role":"assistant",${content}${rest}`;
}

/** The citations gathered so far: their places in the text are known only now. */
function cited(choice: number, progress: Progress, frames: ChunkFrames): string {
  if (progress.citations.length === 0) return "";
  const sources = annotations(progress.citations.splice(0), progress.layout);
  return inGroups(sources, maxSourcesPerChunk, (group) =>
    frames.delta(choice, opening(progress, `{"annotations":${JSON.stringify(group)}}`), null),
  );
}

/** So that no line of the stream gets too long for readers with a limit; see `maxPieceLength`. */
const maxTokensPerChunk = 20;
const maxSourcesPerChunk = 20;

function inGroups<T>(list: readonly T[], size: number, write: (group: readonly T[]) => string) {
  if (list.length <= size) return write(list);
  let text = "";
  for (let start = 0; start < list.length; start += size) {
    text += write(list.slice(start, start + size));
  }
  return text;
}

/** Writes chunks around deltas that are JSON text already. */
interface ChunkFrames {
  delta(choice: number, delta: string, logprobs: ReturnType<typeof wireLogprobs>): string;
  last(choice: number, delta: string, finish: WireFinish): string;
  /** The chunk after the last: no choices, only counts. */
  usage(usage: ReturnType<typeof wireUsage>): string;
}

function chunkFrames({ id, created, model }: AnswerHead, includeUsage: boolean): ChunkFrames {
  const constant = JSON.stringify({ id, object: "chat.completion.chunk", created, model });
  const head = `${constant.slice(0, -1)},"choices":[`;
  // With `include_usage`, clients read the field in every chunk; without it, it must be absent.
  const tail = includeUsage ? '],"usage":null}' : "]}";
  const open = `,"logprobs":null,"finish_reason":null}${tail}`;
  return {
    delta(choice, delta, logprobs) {
      const end =
        logprobs === null
          ? open
          : `,"logprobs":${JSON.stringify(logprobs)},"finish_reason":null}${tail}`;
      return sseFrame(`${head}{"index":${choice},"delta":${delta}${end}`);
    },
    last(choice, delta, finish) {
      const end = `,"logprobs":null,${JSON.stringify(finish).slice(1)}${tail}`;
      return sseFrame(`${head}{"index":${choice},"delta":${delta}${end}`);
    },
    usage: (usage) => sseFrame(`${head}],"usage":${JSON.stringify(usage)}}`),
  };
}

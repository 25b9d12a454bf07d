import { sseFrame, type ChatEvent } from "@agproxy/core";
import { choiceStream, type StreamEncoder } from "./choice-stream.ts";
import type { CompletionWish } from "./completion-request.ts";
import { completionText } from "./completion-answer.ts";
import { wireFinish } from "./finish-reason.ts";
import type { AnswerHead } from "./chat-answer.ts";
import { wireUsage } from "./usage.ts";

interface Progress {
  started: boolean;
  anything: boolean;
}

/**
 * A stream of chunks, each a completion with a piece of the text.
 * Source: https://platform.openai.com/docs/api-reference/completions/object
 */
export function completionStream(answer: AnswerHead, wish: CompletionWish): StreamEncoder {
  const { id, created, model } = answer;
  const constant = JSON.stringify({ id, object: "text_completion", created, model });
  const head = `${constant.slice(0, -1)},"choices":[`;
  const tail = wish.includeUsage ? '],"usage":null}' : "]}";

  /** Only the first chunk of a choice begins with the prefix. */
  function frame(choice: number, progress: Progress, text: string, finish: string): string {
    const piece = JSON.stringify(progress.started ? text : wish.prefix + text);
    progress.started = true;
    return sseFrame(`${head}{"text":${piece},"index":${choice},"logprobs":null,${finish}}${tail}`);
  }

  return choiceStream<Progress>({
    start: () => ({ started: false, anything: false }),
    event(event, progress) {
      if (isAside(event)) return "";
      const text = completionText(event);
      if (text === "") return "";
      progress.anything = true;
      return frame(event.choice, progress, text, '"finish_reason":null');
    },
    finish(event, progress) {
      const last = wireFinish(event, { calls: 0, anything: progress.anything }, false);
      return frame(event.choice, progress, "", JSON.stringify(last).slice(1, -1));
    },
    usage(usage) {
      if (!wish.includeUsage) return "";
      return sseFrame(`${head}],"usage":${JSON.stringify(wireUsage(usage))}}`);
    },
  });
}

/** What has no place in the text of a completion. */
function isAside(event: ChatEvent): event is Extract<ChatEvent, { type: (typeof asides)[number] }> {
  return asides.some((type) => type === event.type);
}

const asides = ["citation", "search", "logprobs", "embedding"] as const;

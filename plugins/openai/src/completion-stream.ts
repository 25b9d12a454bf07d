import { sseFrame, type ChatEvent } from "@agproxy/core";
import { textPieces } from "@agproxy/plugin-openai-wire";
import { choiceStream, type StreamEncoder } from "./choice-stream.ts";
import type { CompletionWish } from "./completion-request.ts";
import { completionFinish, completionText } from "./completion-answer.ts";
import type { AnswerHead } from "./chat-answer.ts";
import { wireUsage } from "./usage.ts";

interface Progress {
  started: boolean;
  anything: boolean;
  refused: boolean;
}

/**
 * A stream of chunks, each a completion with a piece of the text.
 * Source: https://platform.openai.com/docs/api-reference/completions/object
 */
export function completionStream(
  answer: AnswerHead,
  wish: CompletionWish,
  mayHaveGaps = false,
): StreamEncoder {
  const { id, created, model } = answer;
  const constant = JSON.stringify({ id, object: "text_completion", created, model });
  const head = `${constant.slice(0, -1)},"choices":[`;
  const tail = wish.includeUsage ? '],"usage":null}' : "]}";

  function frame(choice: number, text: string, finish: string): string {
    const piece = JSON.stringify(text);
    return sseFrame(`${head}{"text":${piece},"index":${choice},"logprobs":null,${finish}}${tail}`);
  }

  /** Chunks for a text. The first of a choice begins with the prefix. */
  function frames(choice: number, progress: Progress, text: string): string {
    const all = progress.started ? text : wish.prefix(choice) + text;
    progress.started = true;
    if (all === "") return "";
    const pieces = textPieces(all);
    return pieces.map((piece) => frame(choice, piece, '"finish_reason":null')).join("");
  }

  return choiceStream<Progress>(
    {
      start: () => ({ started: false, anything: false, refused: false }),
      event(event, progress) {
        if (isAside(event)) return "";
        progress.refused ||= event.type === "refusal";
        const text = completionText(event);
        if (text === "") return "";
        progress.anything = true;
        return frames(event.choice, progress, text);
      },
      finish(event, progress) {
        const last = completionFinish(event, progress);
        const prefix = frames(event.choice, progress, "");
        return prefix + frame(event.choice, "", JSON.stringify(last).slice(1, -1));
      },
      usage(usage) {
        if (!wish.includeUsage) return "";
        return sseFrame(`${head}],"usage":${JSON.stringify(wireUsage(usage))}}`);
      },
    },
    mayHaveGaps,
  );
}

/** What has no place in the text of a completion. */
function isAside(event: ChatEvent): event is Extract<ChatEvent, { type: (typeof asides)[number] }> {
  return asides.some((type) => type === event.type);
}

const asides = ["citation", "search", "logprobs", "embedding"] as const;

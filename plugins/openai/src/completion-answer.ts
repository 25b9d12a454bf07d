import type { Answer, Choice } from "@agproxy/core";
import type { CompletionWish } from "./completion-request.ts";
import { wireFinish } from "./finish-reason.ts";
import type { AnswerHead } from "./chat-answer.ts";
import { wireUsage } from "./usage.ts";
import type { PieceEvent } from "./delta.ts";
import { markdown } from "./markdown.ts";

/**
 * A whole answer.
 * Source: https://platform.openai.com/docs/api-reference/completions/object
 */
export function completionAnswer(answer: Answer, head: AnswerHead, wish: CompletionWish) {
  const { id, created, model } = head;
  const choices = answer.choices.map((choice, index) => wireChoice(choice, index, wish));
  const body = { id, object: "text_completion", created, model, choices };
  return answer.usage === undefined ? body : { ...body, usage: wireUsage(answer.usage) };
}

function wireChoice(choice: Choice, index: number, wish: CompletionWish) {
  const text = choice.content.map(completionText).join("");
  const written = { calls: 0, anything: text !== "" };
  return {
    text: wish.prefix + text,
    index,
    logprobs: null,
    ...wireFinish(choice.finish, written, false),
  };
}

/**
 * What a piece of an answer adds to a completion, which is one text. Thoughts are asked not to come and have
 * no place in it; calls cannot come, for the API offers no tools.
 */
export function completionText(piece: PieceEvent | Choice["content"][number]): string {
  switch (piece.type) {
    case "text":
    case "refusal":
      return piece.text;
    case "reasoning":
    case "tool-call":
    case "search":
      return "";
    default:
      return markdown(piece);
  }
}

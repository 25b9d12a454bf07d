import type { Answer, Choice, Usage } from "@agproxy/core";
import type { CompletionWish } from "./completion-request.ts";
import { wireFinish, type WireFinish } from "./choice-stream.ts";
import type { AnswerHead } from "./chat-answer.ts";
import { wireUsage } from "./usage.ts";
import type { PieceEvent } from "./delta.ts";
import { markdown } from "./markdown.ts";

/**
 * A whole answer.
 * Source: https://platform.openai.com/docs/api-reference/completions/object
 */
export function completionAnswer(answer: Answer, head: AnswerHead, wish: CompletionWish) {
  return completionBody(completionChoices(answer, wish), answer.usage, head);
}

/** The choices of an answer, numbered from `first`. Throws where one is a failure. */
export function completionChoices(answer: Answer, wish: CompletionWish, first = 0) {
  return answer.choices.map((choice, index) => wireChoice(choice, first + index, wish));
}

export function completionBody(
  choices: ReturnType<typeof completionChoices>,
  usage: Usage | undefined,
  { id, created, model }: AnswerHead,
) {
  const body = { id, object: "text_completion", created, model, choices };
  return usage === undefined ? body : { ...body, usage: wireUsage(usage) };
}

function wireChoice(choice: Choice, index: number, wish: CompletionWish) {
  const text = choice.content.map(completionText).join("");
  const refused = choice.content.some((part) => part.type === "refusal");
  return {
    text: wish.prefix(index) + text,
    index,
    logprobs: null,
    ...completionFinish(choice.finish, { anything: text !== "", refused }),
  };
}

/** How a completion ended. A refusal is withheld content: its words must not stand in a text that goes into a file. */
export function completionFinish(
  finish: Choice["finish"],
  { anything, refused }: { readonly anything: boolean; readonly refused: boolean },
): WireFinish {
  const ended = refused ? { ...finish, reason: "content-filter" as const } : finish;
  return wireFinish(ended, { calls: 0, anything }, false);
}

/**
 * What a piece of an answer adds to a completion, which is one text. Thoughts and refusals have no place in it, and
 * calls cannot come, as the API offers no tools.
 */
export function completionText(piece: PieceEvent | Choice["content"][number]): string {
  switch (piece.type) {
    case "text":
      return piece.text;
    case "refusal":
    case "reasoning":
    case "tool-call":
    case "search":
      return "";
    default:
      return markdown(piece);
  }
}

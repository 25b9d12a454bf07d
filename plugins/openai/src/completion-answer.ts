import type { Answer, Choice } from "@agproxy/core";
import type { CompletionWish } from "./completion-request.ts";
import { completionText } from "./completion-text.ts";
import { wireFinish } from "./finish-reason.ts";
import type { Stamp } from "./stamp.ts";
import { wireUsage } from "./usage.ts";

/**
 * A whole answer.
 * Source: https://platform.openai.com/docs/api-reference/completions/object
 */
export function completionAnswer(answer: Answer, stamp: Stamp, wish: CompletionWish) {
  const { id, created, model } = stamp;
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

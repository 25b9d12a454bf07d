import { FileBody, type Answer } from "@agproxy/core";
import { assertWhole, outcomeOf } from "./outcome.ts";
import type { Task } from "./task.ts";
import type { TranscriptWish } from "./transcript-request.ts";
import { transcriptUsage, wireLogprobs } from "./transcript-details.ts";

/**
 * The transcript of a whole answer, as JSON or as text. Throws where it is not whole; nothing said is no
 * failure, but an empty transcript.
 * Source: https://platform.openai.com/docs/api-reference/audio/json-object
 */
export function transcriptBody(answer: Answer, task: Task, wish: TranscriptWish): unknown {
  const [choice] = answer.choices;
  const outcome = outcomeOf(choice);
  assertWhole(task, outcome);
  if (wish.bare) return new FileBody("text/plain; charset=utf-8", Buffer.from(outcome.said));
  return {
    text: outcome.said,
    ...(wish.logprobs ? { logprobs: wireLogprobs(choice?.logprobs ?? []) } : {}),
    ...(answer.usage === undefined ? {} : { usage: transcriptUsage(answer.usage) }),
  };
}

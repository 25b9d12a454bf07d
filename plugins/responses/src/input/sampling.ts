import { defined, type Sampling, type Fields } from "@agproxy/core";

/** How the answer is drawn. The penalties are of the Open Responses specification. */
export function readSampling(body: Fields): Sampling {
  return defined({
    temperature: body.number("temperature"),
    topP: body.number("top_p"),
    maxTokens: body.integer("max_output_tokens", 1),
    presencePenalty: body.number("presence_penalty"),
    frequencyPenalty: body.number("frequency_penalty"),
    logprobs: logprobs(body),
  });
}

/** Asked for by `include`, or by a number of alternatives. */
function logprobs(body: Fields): number | undefined {
  const top = body.integer("top_logprobs", 0) ?? 0;
  const included = body.list("include")?.includes("message.output_text.logprobs") ?? false;
  return included || top > 0 ? top : undefined;
}

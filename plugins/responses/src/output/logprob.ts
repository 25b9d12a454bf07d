import type { TokenLogprob } from "@agproxy/core";

/** Source: https://platform.openai.com/docs/api-reference/responses/object, `output[].content[].logprobs` */
export interface WireLogprob {
  readonly token: string;
  readonly logprob: number;
  readonly bytes: readonly number[];
  readonly top_logprobs: readonly Omit<WireLogprob, "top_logprobs">[];
}

export function wireLogprob({ token, logprob, top }: TokenLogprob): WireLogprob {
  const top_logprobs = top.map((one) => ({ ...one, bytes: bytes(one.token) }));
  return { token, logprob, bytes: bytes(token), top_logprobs };
}

function bytes(token: string): readonly number[] {
  return [...Buffer.from(token, "utf8")];
}

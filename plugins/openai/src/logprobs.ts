import type { TokenLogprob } from "@agproxy/core";

function wireToken({ token, logprob }: { readonly token: string; readonly logprob: number }) {
  return { token, logprob, bytes: [...Buffer.from(token)] };
}

/** The probabilities of a choice's tokens; null where there are none, as the API writes it. */
export function wireLogprobs(tokens: readonly TokenLogprob[]) {
  if (tokens.length === 0) return null;
  const content = tokens.map((token) => ({
    ...wireToken(token),
    top_logprobs: token.top.map(wireToken),
  }));
  return { content, refusal: null };
}

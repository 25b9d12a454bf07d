import type { Draft } from "./contents.ts";

/**
 * What Google documents for a call whose signature is not known any more.
 * Source: https://ai.google.dev/gemini-api/docs/thought-signatures
 */
export const standInSignature = "skip_thought_signature_validator";

/**
 * Puts the stand-in where the model would otherwise refuse the request: on the first call of each step of the
 * current turn that has no signature. Nowhere else: on every call of a long history it is refused itself.
 */
export function withStandIns(drafts: readonly Draft[]): readonly Draft[] {
  const turnStart = drafts.findLastIndex(({ from }) => from === "user");
  return drafts.map((draft, index) => (index > turnStart ? firstCallSigned(draft) : draft));
}

function firstCallSigned(draft: Draft): Draft {
  const first = draft.parts.findIndex((part) => part.functionCall !== undefined);
  const call = draft.parts[first];
  if (call === undefined || call.thoughtSignature !== undefined) return draft;
  return {
    ...draft,
    parts: draft.parts.with(first, { ...call, thoughtSignature: standInSignature }),
  };
}

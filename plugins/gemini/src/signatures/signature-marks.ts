import { isMarked, signatureMark } from "@agproxy/core";
import type { Draft } from "../request/contents.ts";

/** Marks that say which class of upstream and which generation of models made a signature. */
export interface SignatureMarks {
  mark(signature: string): string;
  /** The signature without its mark; undefined where another upstream or model family made it. One without a mark is returned as it is. */
  unmark(signature: string): string | undefined;
}

/**
 * The stand-in: a fixed word that Google takes in the place of a signature, for a call whose own one is lost.
 * Source: https://ai.google.dev/gemini-api/docs/thought-signatures
 */
export const standInSignature = "skip_thought_signature_validator";

/** What clients and other gateways write where they have no signature. */
const placeholders: ReadonlySet<string> = new Set([
  standInSignature,
  "context_engineering_is_the_way_to_go",
]);

/** @param upstreamClass a word for all upstreams that accept each other's signatures */
export function signatureMarks(upstreamClass: () => string, model: string): SignatureMarks {
  const own = signatureMark(() => `${upstreamClass()}\n${signatureFamily(model)}`);
  return {
    mark: own.mark,
    unmark(signature) {
      if (placeholders.has(signature)) return undefined;
      return isMarked(signature) ? own.unmark(signature) : signature;
    },
  };
}

const generations: readonly RegExp[] = [/^gemini-\d+(?:\.\d+)?/, /^claude-/];

/** Models of one generation share their signatures: a conversation may go from its large to its small one. */
function signatureFamily(model: string): string {
  const bare = model.slice(model.lastIndexOf("/") + 1).toLowerCase();
  return generations.map((form) => form.exec(bare)?.[0]).find(Boolean) ?? bare;
}

/**
 * Puts the stand-in where the model would otherwise refuse the request: on the first call of each step of the
 * current turn that has no signature. The model refuses a request that has the stand-in on other calls.
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

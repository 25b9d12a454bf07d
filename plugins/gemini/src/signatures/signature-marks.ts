import { createHash } from "node:crypto";
import type { Draft } from "../request/contents.ts";

/**
 * A mark is a short prefix that a signature gets on its way to the client. It says, as a digest, which class of upstream and
 * which generation of models made the signature. One that others made is refused, and with it the whole request, so it must be
 * known for what it is when it comes back.
 */
export interface SignatureMarks {
  /** A signature as the client gets it: opaque, of the same length but for a short prefix. */
  mark(signature: string): string;
  /** The signature without its mark; undefined where another upstream or model family made it. One without a mark is returned as it is. */
  unmark(signature: string): string | undefined;
}

/** No signature that a vendor makes has a dot: they are base64. */
const version = "ag1.";
const pattern = /^ag1\.([\w-]{8})\.(.+)$/s;

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
  let known: string | undefined;
  const issuer = () => (known ??= digest(`${upstreamClass()}\n${signatureFamily(model)}`));
  return {
    mark: (signature) => `${version}${issuer()}.${signature}`,
    unmark(signature) {
      if (placeholders.has(signature)) return undefined;
      if (!signature.startsWith(version)) return signature;
      const [, from, own] = pattern.exec(signature) ?? [];
      return from === issuer() ? own : undefined;
    },
  };
}

const generations: readonly RegExp[] = [/^gemini-\d+(?:\.\d+)?/, /^claude-/];

/** Models of one generation share their signatures: a conversation may go from its large to its small one. */
function signatureFamily(model: string): string {
  const bare = model.slice(model.lastIndexOf("/") + 1).toLowerCase();
  return generations.map((form) => form.exec(bare)?.[0]).find(Boolean) ?? bare;
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, 8);
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

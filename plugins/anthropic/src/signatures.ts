import { hash } from "node:crypto";
import { isObject, type Seal } from "@agproxy/core";

/**
 * What a signature belongs to. This API has signatures on thinking blocks alone, so those of other parts travel in a
 * thinking block beside theirs.
 */
export type Signed =
  /** The thought of the same block. */
  | { readonly of: "thought"; readonly signature: string }
  /** A call, code or a result, by id, anywhere in the message. */
  | { readonly of: "call" | "result"; readonly id: string; readonly signature: string }
  /** The text block before, by the digest of its text. */
  | { readonly of: "text"; readonly digest: string; readonly signature: string }
  /** A part without content, such as the last event of an answer. */
  | { readonly of: "nothing"; readonly signature: string };

const prefix = "ag3.";

/** No real token comes near it. A longer one is not parsed: that would cost time and memory. */
const maxTokenLength = 4 * 1024 * 1024;

/** A thinking block's `signature`. Clients send back no block without one, so it is made where nothing is signed, too. */
export function signatureToken(signed: readonly Signed[], seal: Seal): string {
  return prefix + seal.close(JSON.stringify(signed));
}

/**
 * The signatures in a token; undefined where it was changed, or is another caller's or gateway's: a vendor refuses the
 * whole request for one wrong signature.
 */
export function readSignatureToken(token: string, seal: Seal): readonly Signed[] | undefined {
  if (!token.startsWith(prefix) || token.length > maxTokenLength) return undefined;
  const json = seal.open(token.slice(prefix.length));
  const list: unknown = json === undefined ? undefined : JSON.parse(json);
  return Array.isArray(list) ? list.filter(isSigned) : undefined;
}

/** The seal proves that agproxy wrote it; an older version may have written it otherwise. */
function isSigned(value: unknown): value is Signed {
  if (!isObject(value) || typeof value["signature"] !== "string") return false;
  switch (value["of"]) {
    case "thought":
    case "nothing":
      return true;
    case "call":
    case "result":
      return typeof value["id"] === "string";
    case "text":
      return typeof value["digest"] === "string";
    default:
      return false;
  }
}

/** Names a text. It need not keep the text secret: the client has both. */
export function digestOf(text: string): string {
  return hash("sha256", text, "base64url").slice(0, 16);
}

import type { Fields, Part } from "@agproxy/core";

/**
 * The opaque token that a client gives back with a part of an earlier answer.
 * Source: https://ai.google.dev/gemini-api/docs/thought-signatures#openai
 */
export function readSignature(fields: Fields): string | undefined {
  const google = fields.peek("extra_content")?.peek("google");
  const signature = google?.get("thought_signature") ?? google?.get("thoughtSignature");
  return typeof signature === "string" && signature !== "" ? signature : undefined;
}

export interface ExtraContent {
  readonly extra_content: { readonly google: { readonly thought_signature: string } };
}

/** The same token on its way to the client; nothing where there is none. */
export function extraContent(signature: string | undefined): ExtraContent | undefined {
  return signature === undefined
    ? undefined
    : { extra_content: { google: { thought_signature: signature } } };
}

/** A message has room for one signature: it belongs to its last text or medium, without either to the last part. */
export function signLast(said: readonly Part[], signature: string | undefined): readonly Part[] {
  if (signature === undefined) return said;
  const last = said.findLastIndex((part) => part.type === "text" || part.type === "media");
  const at = last === -1 ? said.length - 1 : last;
  if (at === -1) return [{ type: "text", text: "", signature }];
  return said.map((part, index) =>
    index === at && part.signature === undefined ? { ...part, signature } : part,
  );
}

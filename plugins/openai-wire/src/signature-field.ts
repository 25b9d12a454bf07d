import { type JsonObject, objectIn, wordIn } from "@agproxy/core";

/**
 * The opaque token of a message, a part or a call, in the field that Google defined for it.
 * Source: https://ai.google.dev/gemini-api/docs/thought-signatures#openai
 */
export function signatureIn(holder: JsonObject): string | undefined {
  if (holder["extra_content"] === undefined) return undefined;
  const google = objectIn(objectIn(holder["extra_content"])?.["google"]);
  return wordIn(google?.["thought_signature"]) ?? wordIn(google?.["thoughtSignature"]);
}

export interface ExtraContent {
  readonly extra_content: { readonly google: { readonly thought_signature: string } };
}

/** The same token on its way out; nothing where there is none. */
export function extraContent(signature: string | undefined): ExtraContent | undefined {
  return signature === undefined
    ? undefined
    : { extra_content: { google: { thought_signature: signature } } };
}

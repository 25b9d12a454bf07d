import type { Fields, Extensions, ToolChoice } from "@agproxy/core";

/** Who asks and in which conversation. `safety_identifier` is the successor of `user`, so it wins. */
export function identity(fields: Fields) {
  return {
    cacheKey: fields.string("prompt_cache_key") || undefined,
    user: fields.string("safety_identifier") || fields.string("user") || undefined,
  };
}

/** A vendor's own options. SDKs write `extra_body` into the body; clients without an SDK send it as a field. */
export function vendorExtensions(fields: Fields): Extensions | undefined {
  const google = (fields.peek("google") ?? fields.peek("extra_body")?.peek("google"))?.values;
  return google === undefined || Object.keys(google).length === 0 ? undefined : { google };
}

/** What a word of `tool_choice` asks for. `any` is other vendors' word for `required`, which clients carry over. */
export function choiceMode(word: string): ToolChoice["mode"] | undefined {
  if (word === "auto" || word === "none" || word === "required") return word;
  return word === "any" ? "required" : undefined;
}

import type { Fields } from "@agproxy/core";

/** What becomes of a response beside going to its client. As at OpenAI it is stored unless the client says otherwise. */
export function readStorage(body: Fields) {
  return {
    kept: body.boolean("store") ?? true,
    background: body.boolean("background") ?? false,
  };
}

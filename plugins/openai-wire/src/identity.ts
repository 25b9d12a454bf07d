import type { Fields } from "@agproxy/core";

/** Who asks and in which conversation. `safety_identifier` is the successor of `user`, so it wins. */
export function identity(fields: Fields) {
  return {
    cacheKey: fields.string("prompt_cache_key") || undefined,
    user: fields.string("safety_identifier") || fields.string("user") || undefined,
  };
}

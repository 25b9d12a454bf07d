import { camelKeys, Fields } from "@agproxy/core";

/** The object under `key`, with its fields in camel case. */
export function camelObject(fields: Fields, key: string): Fields | undefined {
  const found = fields.object(key);
  return found && Fields.of(camelKeys(found.values), found.at);
}

import type { Extensions, Fields } from "@agproxy/core";

/** A vendor's own options. SDKs write `extra_body` into the body; clients without an SDK send it as a field. */
export function vendorExtensions(fields: Fields): Extensions | undefined {
  const google = (fields.peek("google") ?? fields.peek("extra_body")?.peek("google"))?.values;
  return google === undefined || Object.keys(google).length === 0 ? undefined : { google };
}

import type { ErrorObject } from "ajv";
import { isObject } from "agproxy";
import type { Quirks } from "./description.ts";

/**
 * Of a route that streams the object it also answers whole (completions), the description tells only the
 * whole one. Its chunks have no finish until the last.
 */
export const streamedWhole: Quirks = {
  required: [],
  values: [
    { path: "^/choices/\\d+/finish_reason$", keyword: "enum", value: null },
    { path: "^/choices/\\d+/finish_reason$", keyword: "type", value: null },
  ],
};

/** Tells whether an error is one that the real API makes too. */
export function forgiver(given: Quirks): (error: ErrorObject) => boolean {
  const required = given.required.map((quirk) => ({
    ...quirk,
    path: new RegExp(quirk.path),
  }));
  const values = given.values.map((quirk) => ({
    ...quirk,
    path: new RegExp(quirk.path),
    fits: fits(quirk),
  }));
  return ({ keyword, instancePath, params, data }) => {
    const path = instancePath === "" ? "/" : instancePath;
    if (keyword === "required") {
      return required.some(
        (quirk) =>
          quirk.prop === params["missingProperty"] &&
          quirk.path.test(path) &&
          (quirk.type === undefined || (isObject(data) && data["type"] === quirk.type)),
      );
    }
    return values.some(
      (quirk) => quirk.keyword === keyword && quirk.path.test(path) && quirk.fits(data),
    );
  };
}

function fits(quirk: Quirks["values"][number]): (data: unknown) => boolean {
  if ("value" in quirk) return (data) => data === quirk.value;
  if (quirk.valueRe === undefined) return () => true;
  const pattern = new RegExp(quirk.valueRe);
  return (data) => typeof data === "string" && pattern.test(data);
}

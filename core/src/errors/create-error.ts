import { AgproxyError, type ErrorOptions } from "./agproxy-error.ts";
import type { CatalogueEntry } from "./error-catalogue.ts";

/** A class of errors with one code. */
export type OwnError = new (message?: string, options?: ErrorOptions) => AgproxyError;

/**
 * An error with a code of a plugin's own, for what no code of the catalogue says.
 *
 * @example
 * const OfficeHours = createError("office_hours", {
 *   status: 403,
 *   type: "permission_error",
 *   text: "The office is closed.",
 *   advice: "Come back between 8 and 18.",
 * });
 * throw new OfficeHours();
 */
export function createError(code: string, entry: CatalogueEntry): OwnError {
  const definition = { code, ...entry };
  return class extends AgproxyError {
    constructor(message?: string, options?: ErrorOptions) {
      super(definition, message, options);
    }
  };
}

import { createError } from "@agproxy/core";

export const LinkedFilesBusy = createError("linked_files_busy", {
  status: 503,
  type: "rate_limit_error",
  text: "The files that requests link to fill the memory that is set aside for them.",
  advice: "Try again in a moment, or link to fewer or smaller files.",
});

const retryAfterMs = 2000;

export function linkedFilesBusy(): Error {
  return new LinkedFilesBusy(undefined, { retryAfter: retryAfterMs });
}

import { AgproxyError, type Fields } from "@agproxy/core";

/**
 * Refuses a request that goes on from a history on the server: without that history the model would answer to half of a
 * conversation. The details are those on which the SDKs' tool runners, which try a thread first, send the whole history instead.
 * Source: `ThreadState` of the SDKs, for the beta `message-threads-2026-08-12`
 */
export function refuseThread(fields: Fields): void {
  if (fields.object("thread") === undefined) return;
  throw new AgproxyError(
    "invalid_request",
    "agproxy keeps no message threads, so `thread` cannot be used.",
    {
      param: "thread",
      advice: "Send the whole conversation in `messages`, without `thread`.",
      details: { error_code: "thread_unsupported_request", unsupported: ["thread"] },
    },
  );
}

import { AgproxyError, type FinishReason } from "@agproxy/core";

/** How an answer ended, as a Response object says it. */
export interface Ending {
  readonly status: "completed" | "incomplete";
  readonly incomplete: { readonly reason: "max_output_tokens" | "content_filter" } | null;
}

/** What the upstream said at the end of the answer. */
export interface Finish {
  readonly reason: FinishReason;
  readonly detail?: string;
}

/**
 * Throws where a client would take a failed answer for a good one: no finish at all, or a call that the
 * model failed to write.
 *
 * `other` is an end for a reason that the API has no word for. After text or a call it is `completed`:
 * an `incomplete` must name a limit or a filter, which would send the reader after the wrong cause, and a
 * failure would throw away what there is. With nothing said it is a failure: an agent that reads an empty
 * completed answer believes that its work is done.
 */
export function ending(finish: Finish | undefined, saidSomething: boolean): Ending {
  switch (finish?.reason) {
    case undefined:
      throw new AgproxyError("upstream_cut");
    case "length":
      return { status: "incomplete", incomplete: { reason: "max_output_tokens" } };
    case "content-filter":
      return { status: "incomplete", incomplete: { reason: "content_filter" } };
    case "malformed-tool-call":
      throw new AgproxyError("malformed_tool_call", undefined, details(finish));
    case "other":
      if (!saidSomething) throw saidNothing(finish);
      break;
    case "stop":
    case "tool-calls":
      break;
  }
  return { status: "completed", incomplete: null };
}

function saidNothing(finish: Finish | undefined): AgproxyError {
  const reason = finish?.detail === undefined ? "without a reason" : `with "${finish.detail}"`;
  const message = `The upstream ended the answer ${reason} before it said anything.`;
  return new AgproxyError("upstream_failed", message, {
    ...details(finish),
    advice: "Try again, or change the prompt.",
  });
}

function details(finish: Finish | undefined) {
  return finish?.detail === undefined ? {} : { details: { reason: finish.detail } };
}

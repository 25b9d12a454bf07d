import { AgproxyError, type FinishReason } from "@agproxy/core";

/** What a choice has written when it ends. */
export interface Written {
  readonly calls: number;
  /** Whether there is any text, call or medium; thoughts do not count. */
  readonly anything: boolean;
}

/** The API's word for the end of a choice, and the vendor's own where it gave one. */
export interface WireFinish {
  readonly finish_reason: "stop" | "length" | "tool_calls" | "content_filter" | "function_call";
  readonly native_finish_reason?: string;
}

/**
 * How a choice ended. Throws where a client would take a failed answer for a good one.
 *
 * `other` is an end for a reason that the API has no word for. After text or a call it is `stop` with the
 * vendor's word beside it: `length` would make clients raise a limit that was not reached, `content_filter`
 * would blame the prompt, and an error would throw away what there is. With nothing written it is an error:
 * an agent that reads `stop` and no text believes that its work is done.
 */
export function wireFinish(
  finish: { readonly reason: FinishReason; readonly detail?: string },
  written: Written,
  legacyFunctions: boolean,
): WireFinish {
  const native = finish.detail === undefined ? {} : { native_finish_reason: finish.detail };
  switch (finish.reason) {
    case "length":
      return { finish_reason: "length", ...native };
    case "content-filter":
      return { finish_reason: "content_filter", ...native };
    case "malformed-tool-call":
      throw new AgproxyError("malformed_tool_call", undefined, details(finish.detail));
    case "other":
      if (!written.anything) throw nothing(finish.detail);
      break;
    case "stop":
    case "tool-calls":
      break;
  }
  if (written.calls === 0) return { finish_reason: "stop", ...native };
  return { finish_reason: legacyFunctions ? "function_call" : "tool_calls", ...native };
}

function nothing(detail: string | undefined): AgproxyError {
  const reason = detail === undefined ? "without a reason" : `with the reason "${detail}"`;
  return new AgproxyError(
    "upstream_failed",
    `The upstream ended the answer ${reason} and no text.`,
    {
      ...details(detail),
      advice: "Try again, or change the prompt.",
    },
  );
}

function details(reason: string | undefined) {
  return reason === undefined ? {} : { details: { reason } };
}

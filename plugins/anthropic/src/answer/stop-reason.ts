import { AgproxyError, type Choice } from "@agproxy/core";

/** How an answer ended, in the fields of a message. */
export interface MessageStop {
  readonly stop_reason: StopReason;
  readonly stop_sequence: string | null;
  readonly stop_details: RefusalDetails | null;
}

type StopReason =
  | "end_turn"
  | "max_tokens"
  | "model_context_window_exceeded"
  | "pause_turn"
  | "refusal"
  | "stop_sequence"
  | "tool_use";

interface RefusalDetails {
  readonly type: "refusal";
  readonly category: null;
  readonly explanation: string | null;
}

/** What an answer has when it ends; thoughts do not count. */
export interface Written {
  readonly calls: number;
  readonly anything: boolean;
}

/** Reasons of this API that the vocabulary has no word for; an upstream that knows them says so in `detail`. */
const ownReasons = ["model_context_window_exceeded", "pause_turn"] as const;

/**
 * How an answer ended. Throws where a client would take a failed answer for a good one: without a finish, with a call that
 * the model failed to write, and where nothing was written for a reason that this API has no word for.
 * Source: https://docs.claude.com/en/api/handling-stop-reasons
 */
export function messageStop(finish: Choice["finish"] | undefined, written: Written): MessageStop {
  if (finish === undefined) throw new AgproxyError("upstream_cut");
  const { reason, detail, stopSequence } = finish;
  const own = ownReasons.find((word) => word === detail);
  if (own !== undefined) return plain(own);
  switch (reason) {
    case "length":
      return plain("max_tokens");
    case "content-filter":
      return {
        ...plain("refusal"),
        stop_details: { type: "refusal", category: null, explanation: detail ?? null },
      };
    case "malformed-tool-call":
      throw new AgproxyError("malformed_tool_call", undefined, details(detail));
    case "other":
      if (!written.anything) throw emptyAnswer(detail);
      break;
    case "stop":
      if (stopSequence !== undefined && written.calls === 0) {
        return { ...plain("stop_sequence"), stop_sequence: stopSequence };
      }
      break;
    case "tool-calls":
      break;
    default:
      reason satisfies never;
  }
  return plain(written.calls > 0 ? "tool_use" : "end_turn");
}

function plain(reason: StopReason): MessageStop {
  return { stop_reason: reason, stop_sequence: null, stop_details: null };
}

function emptyAnswer(detail: string | undefined): AgproxyError {
  const reason = detail === undefined ? "without a reason" : `with "${detail}"`;
  return new AgproxyError("upstream_failed", `The upstream ended an empty answer ${reason}.`, {
    ...details(detail),
    advice: "Try again, or change the prompt.",
  });
}

function details(reason: string | undefined) {
  return reason === undefined ? {} : { details: { reason } };
}

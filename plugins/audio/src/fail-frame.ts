import { namedSseFrame, type AgproxyError, errorBody } from "@agproxy/core";

/** The event in which a stream ends when it fails. SDKs throw it. */
export function failFrame(error: AgproxyError): string {
  return namedSseFrame("error", JSON.stringify({ type: "error", ...errorBody(error) }));
}

import type { errors } from "undici";
import { AgproxyError } from "../errors/agproxy-error.ts";

/** The error of a call without any answer. It names the host and never the rest of the URL, which may hold a key. */
export function connectionError(thrown: unknown, host: string): AgproxyError {
  const said = agproxyError(thrown);
  if (said !== undefined) return said;
  const message = `${host} could not be reached${codeOf(thrown)}.`;
  return new AgproxyError("upstream_unreachable", message, { cause: thrown });
}

/** The error of an answer that began and broke off. */
export function bodyError(thrown: unknown): AgproxyError {
  const said = agproxyError(thrown);
  if (said !== undefined) return said;
  const message = `The connection to the upstream broke in the middle of the answer${codeOf(thrown)}.`;
  return new AgproxyError("upstream_cut", message, { cause: thrown });
}

/** The error of a host that took too long. `phase` is what it took too long for: `connect` or `response`. */
export function timeoutError(host: string, phase: string, cause?: unknown): AgproxyError {
  const message = `${host} did not answer in time (${phase}).`;
  return new AgproxyError("upstream_timeout", message, { cause });
}

/** The error of an answer whose next bytes did not come in time. */
export function stallError(idleMs: number): AgproxyError {
  return new AgproxyError("upstream_timeout", `The upstream sent nothing for ${idleMs} ms.`);
}

/** An error that is meant for the client, also inside one of undici's or got's. */
function agproxyError(thrown: unknown): AgproxyError | undefined {
  if (thrown instanceof AgproxyError) return thrown;
  return thrown instanceof Error && thrown.cause instanceof AgproxyError ? thrown.cause : undefined;
}

function codeOf(thrown: unknown): string {
  const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
  return typeof code === "string" ? ` (${code})` : "";
}

/** The cause of a call that met a connection which its server had given up while nobody used it. */
class StaleConnection extends Error {}

/**
 * The error of a call without an answer. `hasAnswered`: the host has answered before, so the connection may be one that was
 * kept, and whose close the request crossed; then the host has not read it.
 */
export function brokenConnection(thrown: Error, host: string, hasAnswered: boolean): AgproxyError {
  if (!hasAnswered || !looksStale(thrown)) return connectionError(thrown, host);
  const cause = new StaleConnection("The server had closed a kept connection.", { cause: thrown });
  const message = `${host} closed the connection${codeOf(thrown)}.`;
  return new AgproxyError("upstream_unreachable", message, { cause });
}

/** One that had never carried an answer broke for another reason. */
function looksStale(error: Error): boolean {
  if (isSocketError(error)) return (error.socket?.bytesRead ?? 0) > 0;
  return "code" in error && (error.code === "ECONNRESET" || error.code === "EPIPE");
}

/** By its code: undici is loaded with the first call only. */
function isSocketError(error: Error): error is errors.SocketError {
  return "code" in error && error.code === "UND_ERR_SOCKET";
}

/** Whether a call can be sent again at once, because its host has not read it. */
export function isStaleConnection(thrown: unknown): boolean {
  return thrown instanceof AgproxyError && thrown.cause instanceof StaleConnection;
}

import { AgproxyError } from "../errors/agproxy-error.ts";

/** No answer at all. Says the host, and never the rest of the URL. */
export function connectionError(thrown: unknown, host: string): AgproxyError {
  const said = agproxyError(thrown);
  if (said !== undefined) return said;
  const message = `${host} could not be reached${codeOf(thrown)}.`;
  return new AgproxyError("upstream_unreachable", message, { cause: thrown });
}

/** The answer began and broke off. */
export function bodyError(thrown: unknown): AgproxyError {
  const said = agproxyError(thrown);
  if (said !== undefined) return said;
  const message = `The connection to the upstream broke in the middle of the answer${codeOf(thrown)}.`;
  return new AgproxyError("upstream_cut", message, { cause: thrown });
}

/** `phase` is the one that took too long: `connect` or `response`. */
export function late(host: string, phase: string, cause?: unknown): AgproxyError {
  const message = `${host} did not answer in time (${phase}).`;
  return new AgproxyError("upstream_timeout", message, { cause });
}

export function stalled(idle: number): AgproxyError {
  return new AgproxyError("upstream_timeout", `The upstream sent nothing for ${idle} ms.`);
}

/** What was said on purpose, also where a client wrapped it in an error of its own. */
function agproxyError(thrown: unknown): AgproxyError | undefined {
  if (thrown instanceof AgproxyError) return thrown;
  return thrown instanceof Error && thrown.cause instanceof AgproxyError ? thrown.cause : undefined;
}

function codeOf(thrown: unknown): string {
  const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
  return typeof code === "string" ? ` (${code})` : "";
}

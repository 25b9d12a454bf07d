import type { AgproxyError } from "./agproxy-error.ts";

/**
 * An error in the shape that most clients of chat models read, and that routes without a protocol answer.
 * Clients show `message` and little else, so it also says what to do next.
 */
export function errorBody(error: AgproxyError) {
  const { type, param = null, code, details } = error;
  const body = { message: withAdvice(error.message, error.advice), type, param, code };
  return { error: details === undefined ? body : { ...body, details } };
}

function withAdvice(message: string, advice: string): string {
  if (advice === "") return message;
  const ended = /[.!?)\]}"'`]\s*$/.test(message) ? message.trimEnd() : `${message.trimEnd()}.`;
  return `${ended} ${advice}`;
}

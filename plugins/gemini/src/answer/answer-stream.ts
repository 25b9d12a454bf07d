import {
  answerStream as payloads,
  type ChatStream,
  type ChatEvent,
  errorText,
  type HttpResponse,
  payloadJson,
} from "@agproxy/core";
import { upstreamError } from "../errors/upstream-error.ts";
import type { AnswerDecoder } from "./answer-decoder.ts";

/** Takes a payload out of what the vendor wraps it in. */
export type Unwrap = (payload: unknown) => unknown;

const asItIs: Unwrap = (payload) => payload;

/**
 * The events of a good answer's body: server-sent events, or JSON as one payload or an array.
 * Throws what the vendor reports, `upstream_unreadable`, or `upstream_cut` where it just stops.
 */
export function answerStream(
  response: HttpResponse,
  streamed: boolean,
  decoder: AnswerDecoder,
  unwrap: Unwrap = asItIs,
): ChatStream {
  return payloads(response, streamed, {
    read: (text, out) => readPayload(text, decoder, unwrap, out),
    end: (out, isStream) => decoder.end(out, isStream),
  });
}

function readPayload(text: string, decoder: AnswerDecoder, unwrap: Unwrap, out: ChatEvent[]): void {
  if (text === "[DONE]" || text === "") return;
  const payload = payloadJson(text);
  if (Array.isArray(payload)) for (const item of payload) decoder.read(unwrap(item), out);
  else decoder.read(unwrap(payload), out);
}

/** The response where its status is good; rejects with the upstream's error otherwise. */
export function goodResponse(
  response: HttpResponse,
  secrets: readonly string[],
): HttpResponse | Promise<never> {
  const { status } = response;
  return status >= 200 && status < 300 ? response : refuse(response, secrets);
}

async function refuse(response: HttpResponse, secrets: readonly string[]): Promise<never> {
  const { status, headers } = response;
  throw upstreamError({
    status,
    body: await errorText(response),
    retryAfter: headers["retry-after"],
    now: Date.now(),
    secrets,
  });
}

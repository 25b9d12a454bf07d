import { AgproxyError, readSse, type ChatEvent, type HttpResponse } from "agproxy";
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
): AsyncGenerator<readonly ChatEvent[], void, undefined> {
  return streamed ? pieces(response, decoder, unwrap) : document(response, decoder, unwrap);
}

async function* pieces(response: HttpResponse, decoder: AnswerDecoder, unwrap: Unwrap) {
  let begun = false;
  for await (const payloads of readSse(response.body)) {
    const events: ChatEvent[] = [];
    try {
      for (const payload of payloads) readPayload(payload, decoder, unwrap, events);
    } catch (error) {
      // What arrived before the failure was said, unless nothing was shown: then another try is better.
      if (begun && events.length > 0) yield events;
      throw error;
    }
    begun ||= events.length > 0;
    yield events;
  }
  const last: ChatEvent[] = [];
  decoder.end(last, true);
  yield last;
}

async function* document(response: HttpResponse, decoder: AnswerDecoder, unwrap: Unwrap) {
  const events: ChatEvent[] = [];
  readPayload(await response.text(), decoder, unwrap, events);
  decoder.end(events, false);
  yield events;
}

function readPayload(text: string, decoder: AnswerDecoder, unwrap: Unwrap, out: ChatEvent[]): void {
  if (text === "[DONE]" || text === "") return;
  const payload = parsed(text);
  if (Array.isArray(payload)) for (const item of payload) decoder.read(unwrap(item), out);
  else decoder.read(unwrap(payload), out);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new AgproxyError("upstream_unreadable", "The upstream sent text that is no JSON.", {
      cause,
    });
  }
}

import {
  AgproxyError,
  type ChatEvent,
  type HttpResponse,
  JsonBounds,
  SseDecoder,
  errorText,
} from "@agproxy/core";
import { upstreamError } from "../errors/upstream-error.ts";
import type { AnswerDecoder } from "./answer-decoder.ts";

/** Takes a payload out of what the vendor wraps it in. */
export type Unwrap = (payload: unknown) => unknown;

const asItIs: Unwrap = (payload) => payload;

type Answers = AsyncIterableIterator<readonly ChatEvent[], undefined>;
type Step = IteratorResult<readonly ChatEvent[], undefined>;

const over: Step = { done: true, value: undefined };

/**
 * The events of a good answer's body: server-sent events, or JSON as one payload or an array.
 * Throws what the vendor reports, `upstream_unreadable`, or `upstream_cut` where it just stops.
 */
export function answerStream(
  response: HttpResponse,
  streamed: boolean,
  decoder: AnswerDecoder,
  unwrap: Unwrap = asItIs,
): Answers {
  return streamed ? pieces(response, decoder, unwrap) : document(response, decoder, unwrap);
}

// Both iterators are written by hand: a generator needs several microtasks for each read, these need one.

function pieces(response: HttpResponse, decoder: AnswerDecoder, unwrap: Unwrap): Answers {
  const reads = response.body[Symbol.asyncIterator]();
  let events: ChatEvent[] = [];
  const sse = new SseDecoder((payload) => readPayload(payload, decoder, unwrap, events));
  let begun = false;
  let isOver = false;
  let failure: { readonly error: unknown } | undefined;

  async function fail(error: unknown): Promise<never> {
    isOver = true;
    await reads.return?.();
    throw error;
  }

  function step(read: IteratorResult<Uint8Array>): Step | Promise<never> {
    events = [];
    try {
      if (read.done === true) {
        sse.end();
        decoder.end(events, true);
        isOver = true;
      } else sse.read(read.value);
    } catch (error) {
      // Events that arrived before the failure are delivered first. If nothing was delivered yet, fail at once, so
      // that the attempt can be retried.
      if (!begun || events.length === 0) return fail(error);
      failure = { error };
    }
    begun ||= events.length > 0;
    return { done: false, value: events };
  }

  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next() {
      if (failure !== undefined && !isOver) return fail(failure.error);
      return isOver ? Promise.resolve(over) : reads.next().then(step);
    },
    async return() {
      isOver = true;
      await reads.return?.();
      return over;
    },
  };
}

function document(response: HttpResponse, decoder: AnswerDecoder, unwrap: Unwrap): Answers {
  let isOver = false;

  function step(text: string): Step {
    const events: ChatEvent[] = [];
    readPayload(text, decoder, unwrap, events);
    decoder.end(events, false);
    return { done: false, value: events };
  }

  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next() {
      if (isOver) return Promise.resolve(over);
      isOver = true;
      return response.text().then(step);
    },
    async return() {
      if (!isOver) await response.body[Symbol.asyncIterator]().return?.();
      isOver = true;
      return over;
    },
  };
}

function readPayload(text: string, decoder: AnswerDecoder, unwrap: Unwrap, out: ChatEvent[]): void {
  if (text === "[DONE]" || text === "") return;
  const payload = parsed(text);
  if (Array.isArray(payload)) for (const item of payload) decoder.read(unwrap(item), out);
  else decoder.read(unwrap(payload), out);
}

/** A shorter payload is parsed in milliseconds, whatever is in it. */
const boundedFromLength = 1024 * 1024;

function parsed(text: string): unknown {
  try {
    if (text.length > boundedFromLength) new JsonBounds().read(text);
    return JSON.parse(text) as unknown;
  } catch {
    // No `cause`: it would be logged, and V8's message quotes the answer.
    throw new AgproxyError("upstream_unreadable", "The upstream sent text that is not JSON.");
  }
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

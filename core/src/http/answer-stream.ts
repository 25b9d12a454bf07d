import type { ChatEvent } from "../vocabulary/answer.ts";
import { AgproxyError } from "../errors/agproxy-error.ts";
import type { HttpResponse } from "./calls.ts";
import { JsonBounds } from "../kit/json-bounds.ts";
import { SseDecoder } from "../kit/sse.ts";

/** Reads one answer, payload by payload, and holds its state. What it throws fails the answer. */
export interface PayloadReader {
  /** Adds the events of one payload, the text of one server-sent event or the whole body, to `out`. */
  read(payload: string, out: ChatEvent[]): void;
  /** Adds the events that close the answer. Throws `upstream_cut` where it is not complete. */
  end(out: ChatEvent[], streamed: boolean): void;
  /**
   * Whether the vendor has said that there is no more to come. Absent: the answer ends with its body, which some servers keep
   * open.
   */
  isOver?(): boolean;
}

type Answers = AsyncIterableIterator<readonly ChatEvent[], undefined>;
type Step = IteratorResult<readonly ChatEvent[], undefined>;
type Reads = AsyncIterator<Uint8Array>;

const over: Step = { done: true, value: undefined };

/**
 * The events of a good answer's body: server-sent events where it is streamed, else one document. Throws what `reader` throws,
 * and what reading the body does.
 *
 * @example
 * const events = answerStream(await http.send({ method: "POST", url, body, signal }), request.stream, reader);
 */
export function answerStream(
  response: HttpResponse,
  streamed: boolean,
  reader: PayloadReader,
): Answers {
  return streamed ? pieces(response, reader) : document(response, reader);
}

// Both iterators are written by hand: a generator needs several microtasks for each read, these need one.

function pieces(response: HttpResponse, reader: PayloadReader): Answers {
  const reads = response.body[Symbol.asyncIterator]();
  let events: ChatEvent[] = [];
  const sse = new SseDecoder((payload) => {
    if (reader.isOver?.() !== true) reader.read(payload, events);
  });
  let begun = false;
  let isOver = false;
  let failure: { readonly error: unknown } | undefined;

  async function fail(error: unknown): Promise<never> {
    isOver = true;
    await reads.return?.();
    throw error;
  }

  function take(read: IteratorResult<Uint8Array>): void {
    if (read.done === true) sse.end();
    else sse.read(read.value);
    if (read.done !== true && reader.isOver?.() !== true) return;
    reader.end(events, true);
    isOver = true;
    if (read.done !== true) void drained(reads);
  }

  function step(read: IteratorResult<Uint8Array>): Step | Promise<never> {
    events = [];
    try {
      take(read);
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

/** The end of a body follows its last event within a round trip, or never. */
const drainMs = 1000;

/** Reads what is left of a body that says no more, so that its connection can be used again; closes it where it stays open. */
async function drained(reads: Reads): Promise<void> {
  const timer = setTimeout(() => void reads.return?.(), drainMs).unref();
  try {
    while ((await reads.next()).done !== true);
  } catch {
    // The answer is complete: what becomes of its connection matters to nobody.
  } finally {
    clearTimeout(timer);
  }
}

function document(response: HttpResponse, reader: PayloadReader): Answers {
  let isOver = false;

  function step(text: string): Step {
    const events: ChatEvent[] = [];
    reader.read(text, events);
    reader.end(events, false);
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

/** A shorter payload is parsed in milliseconds, whatever is in it. */
const boundedFromLength = 1024 * 1024;

/** The JSON of a payload. Throws `upstream_unreadable` where it is none, or more of it than can be parsed in time. */
export function payloadJson(text: string): unknown {
  try {
    if (text.length > boundedFromLength) new JsonBounds().read(text);
    return JSON.parse(text) as unknown;
  } catch {
    // No `cause`: it would be logged, and V8's message quotes the answer.
    throw new AgproxyError("upstream_unreadable", "The upstream sent text that is not JSON.");
  }
}

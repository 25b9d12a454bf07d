import { type ChatEvent, type ChatStream, sumOfUsage, type Usage } from "@agproxy/core";

type ChatIterator = AsyncIterator<readonly ChatEvent[]>;

/** One of the calls, with what it said first. */
interface Source {
  readonly index: number;
  readonly iterator: ChatIterator;
  readonly first: IteratorResult<readonly ChatEvent[]>;
}

type Arrival =
  | { readonly source: Source; readonly step: IteratorResult<readonly ChatEvent[]> }
  | { readonly error: unknown };

/**
 * The answers of several calls as the alternatives of one answer, in the order in which they arrive. Resolves once
 * every call has said something. A call that fails before that fails all, one that fails later fails the stream;
 * either way the others are aborted. Usage is the sum over the calls, as each of them is paid for.
 */
export async function severalAnswers(
  calls: number,
  signal: AbortSignal,
  call: (index: number, signal: AbortSignal) => Promise<ChatStream>,
): Promise<ChatStream> {
  const abort = new AbortController();
  const shared = AbortSignal.any([signal, abort.signal]);
  const begun: ChatIterator[] = [];
  const stop = () => {
    abort.abort();
    for (const iterator of begun) release(iterator);
  };

  async function opened(index: number): Promise<Source> {
    const iterator = (await call(index, shared))[Symbol.asyncIterator]();
    begun.push(iterator);
    let first = await iterator.next();
    while (first.done !== true && first.value.length === 0) first = await iterator.next();
    // Another call has failed in the meantime.
    if (abort.signal.aborted) release(iterator);
    return { index, iterator, first };
  }

  try {
    const indices = Array.from({ length: calls }, (_, index) => index);
    return merged(await Promise.all(indices.map(opened)), stop);
  } catch (error) {
    stop();
    throw error;
  }
}

/** Closes a stream that nobody will read. Its errors are ignored: the abort itself is one. */
function release(iterator: ChatIterator): void {
  Promise.resolve(iterator.return?.()).catch(() => {});
}

async function* merged(
  sources: readonly Source[],
  stop: () => void,
): AsyncGenerator<readonly ChatEvent[], void, undefined> {
  const usages: Usage[] = [];
  const inbox = arrivals();
  let round: readonly Arrival[] = sources.map((source) => ({ source, step: source.first }));
  let open = sources.length;
  try {
    while (open > 0) {
      const events: ChatEvent[] = [];
      for (const arrival of round) {
        if ("error" in arrival) continue;
        const { source, step } = arrival;
        if (step.done === true) open -= 1;
        else addEvents(step.value, source.index, events, usages);
      }
      // Deliver what the other calls sent before one failed.
      yield events;
      for (const arrival of round) {
        if ("error" in arrival) throw arrival.error;
        if (arrival.step.done !== true) inbox.expect(arrival.source);
      }
      if (open > 0) round = await inbox.next();
    }
    const usage = sumOfUsage(usages);
    if (usage !== undefined) yield [{ type: "usage", usage }];
  } finally {
    if (open > 0) stop();
  }
}

function addEvents(
  batch: readonly ChatEvent[],
  index: number,
  events: ChatEvent[],
  usages: Usage[],
): void {
  for (const event of batch) {
    if (event.type === "usage") usages.push(event.usage);
    else events.push(index === 0 ? event : { ...event, choice: event.choice + index });
  }
}

/** Collects the next batch of each source; every source has at most one read under way. */
function arrivals() {
  let waiting: Arrival[] = [];
  let wake: (() => void) | undefined;
  const arrived = (arrival: Arrival) => {
    waiting.push(arrival);
    wake?.();
  };
  return {
    expect(source: Source): void {
      source.iterator.next().then(
        (step) => arrived({ source, step }),
        (error: unknown) => arrived({ error }),
      );
    },
    async next(): Promise<readonly Arrival[]> {
      if (waiting.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      const round = waiting;
      waiting = [];
      return round;
    },
  };
}

/**
 * Resolves after one turn of the event loop. Work of many milliseconds must await it now and then, because no stream
 * gets its events meanwhile. Each turn goes to one of those that wait: were a hundred to go on in the same one, all others
 * would wait for a hundred steps. It is the last that came, so that what is begun is done and its memory is free, and every
 * fourth time the first, so that nobody waits for ever.
 *
 * @example
 * for (const part of parts) {
 *   translate(part);
 *   await yieldToEventLoop();
 * }
 */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => {
    if (waiting.push(resolve) === 1) setImmediate(passTurn);
  });
}

const waiting: (() => void)[] = [];
let turns = 0;

function passTurn(): void {
  turns += 1;
  const next = turns % 4 === 0 ? waiting.shift() : waiting.pop();
  next?.();
  if (waiting.length > 0) setImmediate(passTurn);
}

/**
 * Resolves when the event loop has been to everybody else. Work on something long stops here now and then:
 * while it goes on, no stream gets its events.
 */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

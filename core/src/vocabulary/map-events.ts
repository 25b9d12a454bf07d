import type { ChatEvent, ChatStream } from "./answer.ts";

/**
 * Wraps a stream, one event at a time: `fn` returns the event, another one, several, or nothing.
 * Batches keep their borders, so this costs one asynchronous step per upstream read.
 */
export async function* mapEvents(
  stream: ChatStream,
  fn: (event: ChatEvent) => ChatEvent | readonly ChatEvent[] | undefined,
): AsyncGenerator<readonly ChatEvent[], void, undefined> {
  for await (const batch of stream) yield batch.flatMap((event) => fn(event) ?? []);
}

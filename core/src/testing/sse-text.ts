import { splitSseFrames } from "../kit/sse.ts";

/** One event of a stream. */
export interface SseEvent {
  readonly event: string | undefined;
  readonly data: string;
}

/**
 * The events of a stream's text, without comments. Throws for anything that agproxy would not write.
 *
 * @example
 * const [first] = readSseText(await answer.text());
 * assert.deepEqual(JSON.parse(first?.data ?? ""), { text: "hello" });
 */
export function readSseText(text: string): readonly SseEvent[] {
  const frames = splitSseFrames(text);
  if (frames.join("") !== text) {
    throw new Error(`no stream, or it ends inside an event: …${JSON.stringify(text.slice(-200))}`);
  }
  return frames.filter((frame) => !frame.startsWith(":")).map(readFrame);
}

function readFrame(frame: string): SseEvent {
  const match = /^(?:event: (?<event>\S+)\n)?data: (?<data>[^\n]*)\n\n$/.exec(frame);
  if (match?.groups === undefined) throw new Error(`not an event: ${JSON.stringify(frame)}`);
  return { event: match.groups["event"], data: match.groups["data"] ?? "" };
}

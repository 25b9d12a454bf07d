/** The turns of the short request that most measurements send. */
export type Turns = readonly { readonly role: string; readonly content: string }[];

export interface Target {
  readonly path: string;
  readonly body: unknown;
}

/** How something is asked, and how its answers are read. */
export interface Wire {
  readonly name: string;
  readonly headers?: Readonly<Record<string, string>>;
  target(turns: Turns, stream: boolean): Target;
  /** The text of an answer that is not streamed. */
  whole(body: unknown): string | undefined;
  /** The text of a stream with so many events in it; throws where the stream is not what it has to be. */
  stream(body: string, events: number): string;
}

export const system = "You are a careful assistant. ".repeat(12);

/** What the events of a stream carry, undecoded. */
export function payloads(body: string): string[] {
  const lines = body.split(/\r?\n/).filter((line) => line.startsWith("data: "));
  return lines.map((line) => line.slice(6));
}

export function expect(actual: unknown, expected: unknown): void {
  if (actual !== expected) {
    throw new Error(
      `a stream has ${String(actual).slice(0, 500)} where ${String(expected)} was due`,
    );
  }
}

import type { ToolCallPart } from "@agproxy/core";

/** The calls of a conversation that no result has answered yet. There may be tens of thousands. */
export class OpenCalls {
  readonly #open = new Set<ToolCallPart>();
  /** All calls, those of each id, and those of each name. */
  readonly #lines = new Map<string, Line>();

  add(call: ToolCallPart): void {
    this.#open.add(call);
    for (const key of [every, idKey(call.id), nameKey(call.name)]) {
      const line = this.#lines.get(key);
      if (line === undefined) this.#lines.set(key, { calls: [call], next: 0 });
      else line.calls.push(call);
    }
  }

  /** Takes the first call that a result with this id answers; without an id, the first of this name, or of any. */
  take(id: string | undefined, name: string | undefined): ToolCallPart | undefined {
    const key = id !== undefined ? idKey(id) : name !== undefined ? nameKey(name) : every;
    const line = this.#lines.get(key);
    if (line === undefined) return undefined;
    // Those that were taken from another line are passed over, once and for all.
    while (line.next < line.calls.length) {
      const call = line.calls[line.next]!;
      line.next += 1;
      if (this.#open.delete(call)) return call;
    }
    return undefined;
  }
}

/** Calls in order, and the place of the first that may still be open. */
interface Line {
  readonly calls: ToolCallPart[];
  next: number;
}

const every = "every";
const idKey = (id: string): string => `id ${id}`;
const nameKey = (name: string): string => `name ${name}`;

import { type JsonObject, wordIn } from "@agproxy/core";

/** In characters. A longer account of thoughts is not kept: it would travel with every later request. */
const maxLength = 1024 * 1024;

/**
 * OpenRouter's account of what a model thought. It must go back unchanged, in its order, and comes in pieces where it is streamed.
 * Source: https://openrouter.ai/docs/use-cases/reasoning-tokens#preserving-reasoning-blocks
 */
export class ReasoningDetails {
  readonly #details: Record<string, unknown>[] = [];
  #length = 0;

  add(details: readonly JsonObject[]): void {
    for (const detail of details) {
      this.#length += JSON.stringify(detail).length;
      if (this.#length > maxLength) this.#details.length = 0;
      else this.#addOne(detail);
    }
  }

  /** All of it as JSON; undefined where there is nothing, or too much. */
  get json(): string | undefined {
    return this.#details.length === 0 || this.#length > maxLength
      ? undefined
      : JSON.stringify(this.#details);
  }

  #addOne(detail: JsonObject): void {
    const last = this.#details.at(-1);
    if (last === undefined || !continues(last, detail)) {
      this.#details.push({ ...detail });
      return;
    }
    for (const [name, value] of Object.entries(detail)) {
      if (value === undefined || value === null) continue;
      const before = last[name];
      const joins = texts.has(name) && typeof before === "string" && typeof value === "string";
      last[name] = joins ? before + value : value;
    }
  }
}

const texts: ReadonlySet<string> = new Set(["text", "summary"]);

/** Only texts come in pieces. */
function continues(last: JsonObject, detail: JsonObject): boolean {
  return (
    last["type"] === detail["type"] &&
    last["index"] === detail["index"] &&
    last["data"] === undefined &&
    detail["data"] === undefined &&
    (last["signature"] === undefined || last["signature"] === null) &&
    isSame(last["id"], detail["id"])
  );
}

/** Later pieces often come without an id. */
function isSame(last: unknown, next: unknown): boolean {
  return next === undefined || next === null || last === next;
}

/** What of the thoughts can be read. */
export function detailText(details: readonly JsonObject[]): string {
  return details
    .map((detail) => wordIn(detail["text"]) ?? wordIn(detail["summary"]) ?? "")
    .join("");
}

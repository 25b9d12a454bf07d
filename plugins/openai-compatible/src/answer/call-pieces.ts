import { type JsonObject, objectIn, parsedJson, wordIn } from "@agproxy/core";
import { signatureIn } from "@agproxy/plugin-openai-wire";

/** A call as far as it has come. */
export interface CallDraft {
  /** The vendor's; servers that leave it out exist. */
  id: string | undefined;
  name: string | undefined;
  arguments: string;
  signature: string | undefined;
}

/** Joins the pieces of an answer's tool calls. Lives as long as the answer. */
export class CallPieces {
  /** In the order in which they began. */
  readonly calls: CallDraft[] = [];
  /** The last call of each index: some servers write every call with the index 0. */
  readonly #byIndex = new Map<number, CallDraft>();
  readonly #byId = new Map<string, CallDraft>();

  /** Adds an entry of `tool_calls`: a piece of a call in a stream, or a whole one. */
  add(piece: JsonObject): void {
    const fn = objectIn(piece["function"]) ?? {};
    const index = Number.isInteger(piece["index"]) ? Number(piece["index"]) : undefined;
    const written = argumentText(fn["arguments"]);
    const id = wordIn(piece["id"]);
    const name = wordIn(fn["name"]);
    const call = this.#continued(index, id, name, written) ?? this.#begin(index, id);
    call.name ??= name;
    call.signature ??= signatureIn(piece);
    call.arguments += written;
  }

  #begin(index: number | undefined, id: string | undefined): CallDraft {
    const call: CallDraft = { id, name: undefined, arguments: "", signature: undefined };
    this.calls.push(call);
    if (index !== undefined) this.#byIndex.set(index, call);
    // An id that comes twice names two calls: the later one is what further pieces mean.
    if (id !== undefined) this.#byId.set(id, call);
    return call;
  }

  /** The call that a piece continues; undefined where it begins another. */
  #continued(
    index: number | undefined,
    id: string | undefined,
    name: string | undefined,
    written: string,
  ): CallDraft | undefined {
    if (index === undefined) {
      if (id !== undefined) return this.#byId.get(id);
      return name === undefined ? this.calls.at(-1) : undefined;
    }
    const known = this.#byIndex.get(index);
    if (known === undefined) return undefined;
    if (id !== undefined && known.id !== undefined && id !== known.id) return undefined;
    // Without ids, only a second name after whole arguments tells that another call has begun at the same index.
    const isNext = id === undefined && name !== undefined && written !== "";
    return isNext && isWhole(known.arguments) ? undefined : known;
  }
}

function isWhole(text: string): boolean {
  return text.trimEnd().endsWith("}") && objectIn(parsedJson(text)) !== undefined;
}

/** Arguments are JSON text; some servers send the object itself. */
function argumentText(value: unknown): string {
  if (typeof value === "string") return value;
  return value === undefined || value === null ? "" : JSON.stringify(value);
}

import {
  AgproxyError,
  type ChatEvent,
  type JsonObject,
  listIn,
  objectIn,
  objectsIn,
  payloadJson,
  type PayloadReader,
  type Usage,
  wordIn,
} from "@agproxy/core";
import { choiceState, type ChoiceState, readChoice } from "./choice.ts";
import { finishOf } from "./finish.ts";
import { usageOf } from "./usage.ts";

export interface DecoderOptions {
  /** Makes an id for a tool call that came without a usable one. */
  newCallId(): string;
  /** Marks a signature before it goes to the client. */
  mark(signature: string): string;
  /** The media type of sound in the answer. */
  readonly soundType: string;
  /** Turns an error in the answer into one. */
  failure(payload: JsonObject): AgproxyError;
}

/** A larger index is the server's mistake: the list of choices would grow to that size. */
const maxChoices = 128;

/** Of anything else nobody knows what it means. */
const knownFields = ["choices", "usage", "id", "model", "object", "created"];

/**
 * Reads one answer of the chat completions API, streamed or not.
 * Source: https://platform.openai.com/docs/api-reference/chat-streaming
 */
export class AnswerDecoder implements PayloadReader {
  readonly #options: DecoderOptions;
  readonly #choices = new Map<number, ChoiceState>();
  readonly #callIds = new Set<string>();
  /** Perplexity's links, beside the choices. */
  readonly #links = new Set<string>();
  #usage: Usage | undefined;
  #isDone = false;

  constructor(options: DecoderOptions) {
    this.#options = options;
  }

  isOver(): boolean {
    return this.#isDone;
  }

  read(text: string, out: ChatEvent[]): void {
    if (text === "") return;
    if (text.trim() === "[DONE]") {
      this.#isDone = true;
      return;
    }
    // llama.cpp has written errors under a field name of their own.
    const payload = objectIn(payloadJson(text.replace(/^error: *(?=\{)/, "")));
    if (payload === undefined) throw unreadable();
    if (isFailure(payload)) throw this.#options.failure(payload);
    if (!knownFields.some((name) => name in payload)) throw unreadable();
    let position = 0;
    for (const given of listIn(payload["choices"])) {
      this.#readChoice(objectIn(given) ?? {}, position, out);
      position += 1;
    }
    for (const link of listIn(payload["citations"])) {
      if (typeof link === "string") this.#links.add(link);
    }
    const counts = countsIn(payload);
    this.#usage = (counts && usageOf(counts)) ?? this.#usage;
  }

  #readChoice(given: JsonObject, position: number, out: ChatEvent[]): void {
    if (isFailure(given)) throw this.#options.failure(given);
    const { index } = given;
    const usable = Number.isInteger(index) && Number(index) >= 0 && Number(index) < maxChoices;
    const at = usable ? Number(index) : position;
    if (at >= maxChoices) {
      throw new AgproxyError("upstream_unreadable", `The server sent over ${maxChoices} choices.`);
    }
    let choice = this.#choices.get(at);
    if (choice === undefined) this.#choices.set(at, (choice = choiceState(at)));
    readChoice(choice, given, this.#options.soundType, out);
    if (choice.finish === "error") throw this.#options.failure(given);
  }

  /** A streamed answer ends with a finish reason or `[DONE]`; a document only has to say something. */
  end(out: ChatEvent[], streamed: boolean): void {
    if (this.#choices.size === 0) {
      throw new AgproxyError(
        "upstream_cut",
        "The server ended its answer without saying anything.",
      );
    }
    for (const choice of this.#choices.values()) {
      const isComplete = streamed ? this.#isDone : choice.said || choice.calls.calls.length > 0;
      if (choice.finish === undefined && !isComplete) throw new AgproxyError("upstream_cut");
      this.#close(choice, out);
    }
    if (this.#usage !== undefined) out.push({ type: "usage", usage: this.#usage });
  }

  #close(choice: ChoiceState, out: ChatEvent[]): void {
    const { index, calls, finish = "stop", native } = choice;
    const details = choice.details.json;
    let unspent = details === undefined ? undefined : this.#options.mark(`d${details}`);
    for (const call of calls.calls) {
      const own = call.signature === undefined ? unspent : this.#options.mark(`s${call.signature}`);
      if (own === unspent) unspent = undefined;
      out.push({
        type: "tool-call",
        choice: index,
        id: this.#callId(call.id),
        name: call.name ?? "",
        arguments: call.arguments.trim() === "" ? "{}" : call.arguments,
        ...(own === undefined ? {} : { signature: own }),
      });
    }
    const last =
      choice.signature === undefined ? unspent : this.#options.mark(`s${choice.signature}`);
    if (last !== undefined) out.push({ type: "text", choice: index, text: "", signature: last });
    for (const url of this.#links) out.push({ type: "citation", choice: index, citation: { url } });
    const ended = finishOf(finish, native, calls.calls.length > 0);
    if (ended.reason === "content-filter" && !choice.said) {
      // Without it, a filtered answer looks like an empty one.
      out.push({ type: "refusal", choice: index, text: "The answer was filtered." });
    }
    out.push({ type: "finish", choice: index, ...ended });
  }

  /** Keeps the server's id where clients accept it and no other call has it. */
  #callId(given: string | undefined): string {
    const usable =
      given !== undefined && /^[A-Za-z0-9_-]{1,64}$/.test(given) && !this.#callIds.has(given);
    const id = usable ? given : this.#options.newCallId();
    this.#callIds.add(id);
    return id;
  }
}

/** What was counted: beside the choices, or where Groq and Moonshot put it in a stream. */
function countsIn(payload: JsonObject): JsonObject | undefined {
  const beside = objectIn(payload["usage"]) ?? objectIn(objectIn(payload["x_groq"])?.["usage"]);
  return beside ?? objectIn(objectsIn(payload["choices"]).at(-1)?.["usage"]);
}

/** vLLM before 0.10 wrote errors without an object around them. */
function isFailure({ error, object }: JsonObject): boolean {
  return object === "error" || objectIn(error) !== undefined || wordIn(error) !== undefined;
}

function unreadable(): AgproxyError {
  return new AgproxyError("upstream_unreadable", "The server sent JSON that is not an answer.");
}

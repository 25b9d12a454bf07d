import {
  camelKeys,
  isMarked,
  type JsonObject,
  type MediaPart,
  type Message,
  type Part,
} from "@agproxy/core";
import { splitSystem } from "../request/contents.ts";
import { geminiPart, markedSystem } from "../request/parts.ts";
import { calledTools } from "../request/tool-names.ts";
import { directResponse } from "../request/tool-results.ts";
import { standInSignature } from "../signatures/signature-marks.ts";
import { fields, list } from "../shape.ts";
import type { NativeReading } from "./native-reading.ts";

/** The conversation, where it is not what came: each content that nobody has changed is the client's own. */
export function nativeContents(
  messages: readonly Message[],
  body: JsonObject,
  reading: NativeReading,
): JsonObject {
  const writer = new ContentWriter(messages, reading);
  const { system, rest } = splitSystem(messages);
  const own = camelKeys(body);
  const instruction = writer.instruction(system);
  const contents = writer.conversation(rest);
  return {
    ...(instruction === own["systemInstruction"] ? {} : { systemInstruction: instruction }),
    ...(isSame(contents, own["contents"]) ? {} : { contents }),
  };
}

/** A single content may stand for a list of one. */
function isSame(contents: readonly unknown[], own: unknown): boolean {
  const came: readonly unknown[] = Array.isArray(own) ? own : own === undefined ? [] : [own];
  return contents.length === came.length && contents.every((content, at) => content === came[at]);
}

class ContentWriter {
  readonly #reading: NativeReading;
  readonly #messages: readonly Message[];
  /** Names of functions by the ids of their calls, for results that say none. */
  #called: ReadonlyMap<string, string> | undefined;
  /** Whether a call has lost its signature. */
  #hasLost = false;

  constructor(messages: readonly Message[], reading: NativeReading) {
    this.#messages = messages;
    this.#reading = reading;
  }

  instruction(system: readonly Message[]): unknown {
    const [first] = system;
    if (first === undefined) return undefined;
    if (system.length === 1) {
      const own = this.#reading.native.pieces.get(first);
      if (own !== undefined) return own;
    }
    return { parts: system.flatMap(({ content }) => content.flatMap((part) => this.#part(part))) };
  }

  conversation(messages: readonly Message[]): readonly unknown[] {
    const contents = messages.map((message) => this.#content(message));
    return this.#hasLost && this.#reading.signs ? withStandIns(contents) : contents;
  }

  #content(message: Message): unknown {
    const own = this.#reading.native.pieces.get(message);
    if (own !== undefined && !message.content.some((part) => this.#isRewritten(part))) return own;
    const parts = message.content.flatMap((part) =>
      part.type === "text" && isInstruction(message)
        ? [{ ...markedSystem(part) }]
        : this.#part(part),
    );
    const content = fields(own);
    if (content !== undefined) return { ...content, parts };
    return { role: message.role === "assistant" ? "model" : "user", parts };
  }

  /** Whether a part cannot go out as it came. */
  #isRewritten(part: Part): boolean {
    const { dialect, isSigned } = this.#reading;
    if (part.signature !== undefined && (!isSigned || isMarked(part.signature))) return true;
    return dialect.callIds === false && (part.type === "tool-call" || part.type === "tool-result");
  }

  #part(part: Part): readonly JsonObject[] {
    const { native, names, unmark, isSigned } = this.#reading;
    const own = fields(native.pieces.get(part));
    if (own !== undefined) return [this.#isRewritten(part) ? this.#rewritten(own, part) : own];
    if (part.type === "tool-result") {
      return [{ ...directResponse(part, names.legal(part.name ?? this.#nameOf(part.callId))) }];
    }
    const context = { names, signatures: noSignatures, pictures: noPictures, unmark };
    const unsigned = isSigned ? part : withoutSignature(part);
    const made = geminiPart(unsigned, context);
    return made === undefined ? [] : [{ ...made }];
  }

  #nameOf(callId: string): string {
    this.#called ??= new Map(calledTools(this.#messages).map(({ id, name }) => [id, name]));
    return this.#called.get(callId) ?? callId;
  }

  #rewritten(given: JsonObject, part: Part): JsonObject {
    const { dialect, unmark, isSigned } = this.#reading;
    const own = camelKeys(given);
    const { thoughtSignature: _signature, ...unsigned } = own;
    const { signature } = part;
    const sent = signature === undefined || !isSigned ? undefined : unmark(signature);
    if (sent === undefined && part.type === "tool-call" && signature !== undefined) {
      this.#hasLost = true;
    }
    const signed = sent === undefined ? unsigned : { ...unsigned, thoughtSignature: sent };
    return dialect.callIds === false ? withoutId(signed) : signed;
  }
}

const noSignatures: ReadonlyMap<string, string> = new Map();
const noPictures: ReadonlyMap<MediaPart, string> = new Map();

function isInstruction({ role }: Message): boolean {
  return role === "system" || role === "developer";
}

function withoutSignature(part: Part): Part {
  const { signature: _signature, ...unsigned } = part;
  return unsigned;
}

/** For upstreams that refuse ids of calls and their results. */
function withoutId(part: JsonObject): JsonObject {
  const entries = Object.entries(part).map(([name, value]) => {
    const inner =
      name === "functionCall" || name === "functionResponse" ? fields(value) : undefined;
    if (inner === undefined) return [name, value] as const;
    const { id: _id, ...kept } = inner;
    return [name, kept] as const;
  });
  return Object.fromEntries(entries);
}

/** The stand-in on the first call of each step of the current turn that has lost its signature. */
function withStandIns(contents: readonly unknown[]): readonly unknown[] {
  const start = contents.findLastIndex((content) => {
    const { role, parts } = fields(content) ?? {};
    return role !== "model" && !list(parts).some((part) => has(part, "functionResponse"));
  });
  return contents.map((content, index) => {
    const own = fields(content) ?? {};
    const parts = list(own["parts"]);
    const first = parts.findIndex((part) => has(part, "functionCall"));
    const call = fields(parts[first]);
    if (index < start || call === undefined || call["thoughtSignature"] !== undefined)
      return content;
    const signed = { ...call, thoughtSignature: standInSignature };
    return { ...own, parts: parts.with(first, signed) };
  });
}

function has(part: unknown, name: string): boolean {
  return camelKeys(fields(part) ?? {})[name] !== undefined;
}

import { hash } from "node:crypto";
import type { Seal } from "./seal.ts";

/**
 * What a reasoning item's `encrypted_content` carries: the opaque signatures of one assistant turn.
 * Clients give reasoning items back unchanged, and calls and messages without any extra field, so a
 * signature travels beside the part it belongs to and names it.
 */
export interface Signatures {
  /** By call id. */
  readonly calls: Pairs<string>;
  /** Of texts, images and code: by `contentKey`. */
  readonly contents: Pairs<string>;
  /** Of thoughts: by place in the same item's summary. */
  readonly summaries: Pairs<number>;
  /** Of parts that hold a signature and nothing else, such as the last event of an answer. */
  readonly empties: Pairs<"text" | "reasoning">;
}

type Pairs<Key> = readonly (readonly [key: Key, signature: string])[];

const prefix = "agp1.";

/** Far above any real token; parsing is bounded by it. */
const longest = 4 * 1024 * 1024;

/** The token for these signatures, or nothing where there are none. The bytes are the same for the same signatures. */
export function signatureToken(
  { calls, contents, summaries, empties }: Signatures,
  seal: Seal,
): string | undefined {
  if (calls.length + contents.length + summaries.length + empties.length === 0) return undefined;
  return prefix + seal.close(JSON.stringify([calls, contents, summaries, empties]));
}

/**
 * The signatures in a token. Nothing for one that is not ours or was changed: histories may come from another
 * gateway, and a vendor refuses the whole request for one wrong signature. A fifth list entry, which earlier versions
 * wrote, is not read: upstreams know their own signatures.
 */
export function readSignatureToken(token: string, seal: Seal): Signatures | undefined {
  if (!token.startsWith(prefix) || token.length > longest) return undefined;
  const json = seal.open(token.slice(prefix.length));
  const lists = json === undefined ? undefined : parse(json);
  if (!Array.isArray(lists)) return undefined;
  return {
    calls: pairs(lists[0], isText),
    contents: pairs(lists[1], isText),
    summaries: pairs(lists[2], isIndex),
    empties: pairs(lists[3], isEmptyKind),
  };
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function pairs<Key>(list: unknown, isKey: (key: unknown) => key is Key): Pairs<Key> {
  if (!Array.isArray(list)) return [];
  return list.flatMap((pair: unknown) => {
    const [key, signature] = Array.isArray(pair) ? (pair as readonly unknown[]) : [];
    return isKey(key) && isText(signature) ? [[key, signature] as const] : [];
  });
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isIndex(value: unknown): value is number {
  return Number.isInteger(value);
}

function isEmptyKind(value: unknown): value is "text" | "reasoning" {
  return value === "text" || value === "reasoning";
}

/** Makes the token that carries signatures; nothing where there are none. */
export type TokenMaker = (signatures: Signatures) => string | undefined;

/** Signatures that still need a reasoning item to travel in. */
export class PendingSignatures {
  readonly #token: TokenMaker;
  #calls: [id: string, signature: string][] = [];
  #contents: [key: string, signature: string][] = [];
  #empties: [kind: "text" | "reasoning", signature: string][] = [];

  constructor(token: TokenMaker) {
    this.#token = token;
  }

  get none(): boolean {
    return this.#calls.length + this.#contents.length + this.#empties.length === 0;
  }

  call(id: string, signature: string | undefined): void {
    if (signature !== undefined) this.#calls.push([id, signature]);
  }

  /** `before` are the contents of the same answer that came earlier: an equal one must not get the signature. */
  content(content: string, signature: string, before: readonly string[]): void {
    const earlier = before.filter((one) => one === content).length;
    this.#contents.push([contentKey(content, earlier), signature]);
  }

  empty(kind: "text" | "reasoning", signature: string): void {
    this.#empties.push([kind, signature]);
  }

  /** The token for all of them and for an item's own; afterwards nothing is pending. */
  take(summaries: Signatures["summaries"]): string | undefined {
    const calls = this.#calls;
    const contents = this.#contents;
    const empties = this.#empties;
    this.#calls = [];
    this.#contents = [];
    this.#empties = [];
    return this.#token({ calls, contents, summaries, empties });
  }
}

/** Names a text, picture or code of one turn: by what it is, and by how many equal ones came before. */
function contentKey(content: string, earlier: number): string {
  return earlier === 0 ? digest(content) : `${digest(content)}.${earlier}`;
}

/** Names contents one after the other. */
export function contentKeys(): (content: string) => string {
  const seen = new Map<string, number>();
  return (content) => {
    const earlier = seen.get(content) ?? 0;
    seen.set(content, earlier + 1);
    return contentKey(content, earlier);
  };
}

function digest(text: string): string {
  return hash("sha256", text, "base64url").slice(0, 16);
}

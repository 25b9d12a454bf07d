import { hash } from "node:crypto";
import type { Seal } from "@agproxy/core";

/**
 * The opaque signatures of one assistant turn, as a reasoning item's `encrypted_content` carries them. Clients return
 * reasoning items unchanged, but calls and messages without unknown fields: so a signature travels in a reasoning item
 * and names the part that it belongs to.
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

const prefix = "agp2.";

/** No real token comes near it. A longer one is not parsed: that would cost time and memory. */
const maxTokenLength = 4 * 1024 * 1024;

/** The token for these signatures, always the same for the same ones; undefined where there are none. */
export function signatureToken(
  { calls, contents, summaries, empties }: Signatures,
  seal: () => Seal,
): string | undefined {
  if (calls.length + contents.length + summaries.length + empties.length === 0) return undefined;
  return prefix + seal().close(JSON.stringify([calls, contents, summaries, empties]));
}

/**
 * The signatures in a token; undefined where it was changed, or is another caller's or gateway's: a vendor refuses the
 * whole request for one wrong signature.
 */
export function readSignatureToken(token: string, seal: () => Seal): Signatures | undefined {
  if (!token.startsWith(prefix) || token.length > maxTokenLength) return undefined;
  const json = seal().open(token.slice(prefix.length));
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

/** Makes the token for signatures; undefined where there are none. */
export type TokenMaker = (signatures: Signatures) => string | undefined;

/** Signatures that are not yet in a reasoning item. */
export class PendingSignatures {
  readonly #token: TokenMaker;
  readonly #contentCounts = new ContentCounts();
  #calls: [id: string, signature: string][] = [];
  #contents: [key: string, signature: string][] = [];
  #empties: [kind: "text" | "reasoning", signature: string][] = [];

  constructor(token: TokenMaker) {
    this.#token = token;
  }

  get isEmpty(): boolean {
    return this.#calls.length + this.#contents.length + this.#empties.length === 0;
  }

  addCall(id: string, signature: string | undefined): void {
    if (signature !== undefined) this.#calls.push([id, signature]);
  }

  /** To be called for each content of the answer when it ends, signed or not: an equal one must not get the signature. */
  countContent(content: string): void {
    this.#contentCounts.add(content);
  }

  /** To be called before the content is counted. */
  addContent(content: string, signature: string): void {
    this.#contents.push([contentKey(content, this.#contentCounts.of(content)), signature]);
  }

  addEmpty(kind: "text" | "reasoning", signature: string): void {
    this.#empties.push([kind, signature]);
  }

  /** The token for all of them and for an item's own `summaries`; afterwards none is pending. */
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

/** Names a content of a turn by its digest, and by the number of equal contents before it. */
function contentKey(content: string, equalBefore: number): string {
  const digest = hash("sha256", content, "base64url").slice(0, 16);
  return equalBefore === 0 ? digest : `${digest}.${equalBefore}`;
}

/** The keys of a turn's contents, to be asked for in the order of the contents. */
export function contentKeys(): (content: string) => string {
  const counts = new ContentCounts();
  return (content) => {
    const key = contentKey(content, counts.of(content));
    counts.add(content);
    return key;
  };
}

/** How often each content of a turn has come. Empty ones are left out: clients do not return them. */
class ContentCounts {
  readonly #counts = new Map<string, number>();

  add(content: string): void {
    if (content !== "") this.#counts.set(content, this.of(content) + 1);
  }

  of(content: string): number {
    return this.#counts.get(content) ?? 0;
  }
}

import { contentKey } from "../digest.ts";
import type { Signatures } from "../signature-token.ts";

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

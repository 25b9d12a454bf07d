import { type ChatEvent, type NativeAnswer, nativeAnswers } from "@agproxy/core";
import { wire } from "../wire.ts";

/** Where the pieces of an answer go. */
export interface PieceSink {
  /** Takes payloads as they came. */
  pass(texts: readonly string[]): void;
  /** Takes events that have to be translated. */
  translate(event: ChatEvent): void;
}

/**
 * Tells the pieces of an answer that reach the client as the upstream sent them from those that a hook has changed, taken away
 * or added, and from all that another vendor said. A piece is unchanged where all its events come, in order and nothing
 * between them.
 */
export class UnchangedPieces {
  readonly #sink: PieceSink;
  /** The piece whose events come now. */
  #open: NativeAnswer | undefined;
  /** How many of its events have come. */
  #seen = 0;
  /** A piece that is complete but for the end of the answer, which may belong to it. */
  #held: NativeAnswer | undefined;

  constructor(sink: PieceSink) {
    this.#sink = sink;
  }

  add(event: ChatEvent): void {
    if (this.#open !== undefined) {
      if (this.#open.events[this.#seen] === event) {
        this.#seen += 1;
        return this.#closeWhole();
      }
      this.#giveUp();
    }
    const piece = nativeAnswers.of(event, wire);
    if (piece === undefined) {
      this.#translateHeld();
      return this.#sink.translate(event);
    }
    if (this.#held !== undefined && piece.completes !== this.#held) this.#passHeld();
    this.#open = piece;
    this.#seen = 1;
    return this.#closeWhole();
  }

  /** To be called at the end of the answer. */
  end(): void {
    this.#giveUp();
    this.#translateHeld();
  }

  /** To be called where the answer breaks off: what has come goes out. */
  breakOff(): void {
    this.#giveUp();
    this.#passHeld();
  }

  /** Passes the open piece where all of it has come. */
  #closeWhole(): void {
    const piece = this.#open;
    if (piece === undefined || this.#seen < piece.events.length) return;
    this.#open = undefined;
    if (piece.isOpen === true) {
      this.#held = piece;
      return;
    }
    const { completes } = piece;
    if (completes === undefined || completes === this.#held) {
      this.#passHeld();
      return this.#sink.pass(piece.texts);
    }
    // What it completes did not come as it was.
    for (const event of piece.events) this.#sink.translate(event);
  }

  /** Translates what has come of a piece that is not whole. */
  #giveUp(): void {
    const piece = this.#open;
    if (piece === undefined) return;
    this.#open = undefined;
    this.#translateHeld();
    for (const event of piece.events.slice(0, this.#seen)) this.#sink.translate(event);
  }

  #passHeld(): void {
    const piece = this.#held;
    this.#held = undefined;
    if (piece !== undefined) this.#sink.pass(piece.texts);
  }

  #translateHeld(): void {
    const piece = this.#held;
    this.#held = undefined;
    for (const event of piece?.events ?? []) this.#sink.translate(event);
  }
}

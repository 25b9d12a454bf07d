import type { AgproxyError } from "../errors/agproxy-error.ts";
import type { ChatEvent } from "../vocabulary/answer.ts";
import type { ChatRequest } from "../vocabulary/chat.ts";
import type { Incoming } from "./stages.ts";

/** A request in the words of the client's wire, for upstreams that speak the same one. */
export interface NativeRequest {
  /** The name of the wire. */
  readonly wire: string;
  /** The method of the API that was asked for, where it has several. */
  readonly method: string;
  /** The body, as it was parsed. */
  readonly body: unknown;
  /** What the body was translated to. A value in it that a request still has was changed by nobody. */
  readonly request: ChatRequest;
  /** The JSON that each message, part and tool of `request` was translated from. */
  readonly pieces: ReadonlyMap<object, unknown>;
}

/** A piece of an answer in the words of the upstream's wire. */
export interface NativeAnswer {
  readonly wire: string;
  /** Whole payloads as JSON texts; none where earlier pieces have said it all. */
  readonly texts: readonly string[];
  /** What they were translated to, in order. */
  readonly events: readonly ChatEvent[];
  /** Whether events that come later may say what it says, too, such as how the answer ended. A piece that `completes` it has those. */
  readonly isOpen?: boolean;
  readonly completes?: NativeAnswer;
}

/** An error in the words of the upstream's wire. */
export interface NativeError {
  readonly wire: string;
  /** JSON, without secrets. */
  readonly body: unknown;
}

/**
 * The words of a vendor's wire, kept beside what they were translated to. They belong to that very object: values are
 * read-only, so whatever a hook changes is another object, and has none.
 */
class NativeWords<Value extends object, Words extends { readonly wire: string }> {
  readonly #kept = new WeakMap<Value, Words>();

  /** Keeps the words of a value. */
  keep(value: Value, words: Words): void {
    this.#kept.set(value, words);
  }

  /** The words of a value in one wire; undefined where it came on another one, or was changed. */
  of(value: Value, wire: string): Words | undefined {
    const words = this.#kept.get(value);
    return words?.wire === wire ? words : undefined;
  }
}

/**
 * Requests as they came. A protocol's `decode` keeps one; an upstream that speaks the same wire sends what nobody has changed
 * as it came, and keeps the words of its answer.
 *
 * @example
 * const native = nativeRequests.of(attempt.exchange.incoming, "my-wire");
 * const isAsItCame = native?.request === request;
 */
export const nativeRequests = new NativeWords<Incoming, NativeRequest>();

/** Not a WeakMap: for each event, one costs as much as translating it. No copy of an event is taken for the event. */
const pieceKey: unique symbol = Symbol("native answer");
type Marked = ChatEvent & { [pieceKey]?: NativeAnswer };

/**
 * Answers as they came, each piece by the first of its events. Where all events of a piece reach the encoder, nobody has
 * changed it.
 *
 * @example
 * const asItCame = nativeAnswers.of(event, "my-wire");
 */
export const nativeAnswers = {
  /** Keeps a piece with its events, which the caller has just made. */
  keep(piece: NativeAnswer): void {
    const first: Marked | undefined = piece.events[0];
    if (first !== undefined) first[pieceKey] = piece;
  },
  /** The piece that begins with an event; undefined where it came on another wire, or the event was changed. */
  of(event: Marked, wire: string): NativeAnswer | undefined {
    const piece = event[pieceKey];
    return piece?.wire === wire && piece.events[0] === event ? piece : undefined;
  },
};

/**
 * Errors as the upstream told them.
 *
 * @example
 * const body = nativeErrors.of(error, "my-wire")?.body ?? errorBody(error);
 */
export const nativeErrors = new NativeWords<AgproxyError, NativeError>();

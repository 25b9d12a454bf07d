import type { Answer, ChatEvent } from "../vocabulary/answer.ts";
import type { ChatRequest } from "../vocabulary/chat.ts";
import type { AgproxyError } from "../errors/agproxy-error.ts";
import type { Caller, Exchange, Incoming } from "./stages.ts";
import type { Stamp } from "../kit/stamp.ts";

/**
 * What a client's body means. `ignored` names fields that no upstream can honour. A protocol that has more to remember,
 * such as how the client wants the answer written, returns more; its encoder gets it back.
 */
export interface Decoded {
  readonly request: ChatRequest;
  readonly ignored?: readonly string[];
}

/** One wire that clients speak. */
export interface Protocol<Read extends Decoded = Decoded> {
  readonly name: string;
  /** What its route takes; `decode` gets the parsed JSON, or a `Form`. Default: `json`. */
  readonly takes?: "json" | "form";
  /** The body of a short streamed request, for the command that `agproxy start` shows to try. Absent: no command. */
  readonly example?: object;
  /** Throws an `AgproxyError` with `param` for a field that cannot be understood. */
  decode(body: unknown, incoming: Incoming, caller: Caller): Read | Promise<Read>;
  /** A fresh encoder for one answer to what was decoded. */
  encoder(exchange: Exchange, stamp: Stamp, decoded: Read): Encoder;
  /** The body of an error answer. */
  error(error: AgproxyError): unknown;
}

/**
 * Turns one answer into the client's wire. Holds the state of one stream and is thrown away with it.
 * What `batch`, `end` and `whole` throw fails the answer, as an error of the upstream would.
 */
export interface Encoder {
  /** SSE frames for one batch of events; `""` where there is nothing to say. */
  batch(events: readonly ChatEvent[]): string;
  /**
   * Frames that show life, for a stream that is silent for 15 seconds. Absent: nothing is sent.
   * Never before the first event, never between two halves of one.
   */
  idle?(): string;
  /** SSE frames that end a good stream. */
  end(): string | Promise<string>;
  /** SSE frames that end a stream in failure. */
  fail(error: AgproxyError): string | Promise<string>;
  /** The body of a whole answer, or a promise of it: what becomes JSON, or a `FileBody`. */
  whole(answer: Answer): unknown;
}

/** A body that is no JSON: what `Encoder.whole` returns for a file. */
export class FileBody {
  readonly contentType: string;
  readonly bytes: Uint8Array;

  constructor(contentType: string, bytes: Uint8Array) {
    this.contentType = contentType;
    this.bytes = bytes;
  }
}

/** A chat that came some other way than as an HTTP request on a chat route. */
export interface Conversation {
  readonly incoming: Incoming;
  readonly caller: Caller;
  /** What the protocol's `decode` gets. */
  readonly body: unknown;
}

/** Where the answer of a chat goes. */
export interface Reply {
  /** Whether something went out: from then on there is no other status and no retry. */
  readonly started: boolean;
  /** Whether the reader has left. */
  readonly gone: boolean;
  /** A whole answer. */
  whole(body: unknown): void;
  /** An error before the first byte, in the protocol's shape. */
  error(error: AgproxyError, body: unknown): void;
  /** Frames of a stream. A promise is waited for before the next read. */
  write(frames: string): Promise<void> | undefined;
  /** The last frames of a stream. */
  end(frames: string): void;
}

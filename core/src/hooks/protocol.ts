import type { Answer, ChatEvent } from "../vocabulary/answer.ts";
import type { ChatRequest } from "../vocabulary/chat.ts";
import type { AgproxyError } from "../errors/agproxy-error.ts";
import type { Caller, Exchange, Incoming } from "./stages.ts";
import type { Stamp } from "../kit/stamp.ts";

/**
 * What a client's body means. `ignored` names the fields that no upstream can honour. A protocol may return more, such as
 * how the client wants the answer written; its encoder gets it back.
 */
export interface Decoded {
  readonly request: ChatRequest;
  readonly ignored?: readonly string[];
}

/**
 * How an API tells errors before the first byte of an answer.
 *
 * @example
 * const wire: ErrorWire = {
 *   error: ({ code, message }, { id }) => ({ code, message, request: id }),
 *   status: ({ code, status }) => (code === "overloaded" ? 529 : status),
 * };
 */
export interface ErrorWire {
  /** The body of an error answer. */
  error(error: AgproxyError, incoming: Incoming): unknown;
  /** Its HTTP status, for APIs that have other ones. Default: the error's own. */
  status?(error: AgproxyError): number;
}

/**
 * One wire that clients speak.
 *
 * @example
 * const protocol: Protocol = {
 *   name: "plain",
 *   decode: (body) => ({ request: chatRequest(Fields.of(body, "")) }),
 *   encoder: (exchange, stamp) => plainEncoder(exchange, stamp),
 *   error: errorBody,
 * };
 */
export interface Protocol<Read extends Decoded = Decoded> extends ErrorWire {
  /** Kebab-case, for the log. */
  readonly name: string;
  /** The body of its requests; `decode` gets the parsed JSON, or a `Form`. Default: `json`. */
  readonly takes?: "json" | "form";
  /** The body of a short streamed request, for the command that `agproxy start` shows to try. Absent: no command. */
  readonly example?: object;
  /** Reads a body. Throws an `AgproxyError` with `param` for a field that is wrong. */
  decode(body: unknown, incoming: Incoming, caller: Caller): Read | Promise<Read>;
  /** Makes the encoder of one answer. */
  encoder(exchange: Exchange, stamp: Stamp, decoded: Read): Encoder;
}

/**
 * Writes one answer in the client's wire; it may hold the state of one stream. What `batch`, `end` and `whole` throw fails
 * the answer, as a failure of the upstream would.
 *
 * @example
 * const encoder: Encoder = {
 *   batch: (events) => events.map((event) => sseFrame(JSON.stringify(event))).join(""),
 *   end: () => sseFrame("end"),
 *   fail: (error) => sseFrame(JSON.stringify(errorBody(error))),
 *   whole: ({ choices }) => ({ choices }),
 * };
 */
export interface Encoder {
  /** The media type of a stream, for APIs that stream something else. Default: Server-Sent Events. */
  readonly streamType?: string;
  /** SSE frames for one batch of events; `""` for none. */
  batch(events: readonly ChatEvent[]): string;
  /** Frames that keep a silent stream alive, asked for after 15 to 30 seconds of silence. Absent: nothing is sent. */
  idle?(): string;
  /** SSE frames that end a good stream. */
  end(): string | Promise<string>;
  /** SSE frames that end a stream in failure. */
  fail(error: AgproxyError): string | Promise<string>;
  /**
   * The body of a whole answer, or a promise of it: what becomes JSON, or a `FileBody`. `events` is what `answer` was collected
   * from.
   */
  whole(answer: Answer, events: readonly ChatEvent[]): unknown;
}

/**
 * A body that is not JSON: what `Encoder.whole` returns for a file.
 *
 * @example
 * const whole = () => new FileBody("audio/wav", bytes);
 */
export class FileBody {
  readonly contentType: string;
  readonly bytes: Uint8Array;

  constructor(contentType: string, bytes: Uint8Array) {
    this.contentType = contentType;
    this.bytes = bytes;
  }
}

/** A chat that did not come as an HTTP request on a chat route. */
export interface ChatRun {
  readonly incoming: Incoming;
  readonly caller: Caller;
  /** The body, as the protocol's `decode` takes it. */
  readonly body: unknown;
}

/**
 * Takes the answer of one chat.
 *
 * @example
 * const socketReply: Reply = {
 *   started: false,
 *   gone: false,
 *   whole: (body) => socket.end(JSON.stringify(body)),
 *   error: (_error, body) => socket.end(JSON.stringify(body)),
 *   write: (frames) => void socket.write(frames),
 *   end: (frames) => void socket.end(frames),
 * };
 */
export interface Reply {
  /** Whether something went out: from then on the status is fixed and nothing is tried again. */
  readonly started: boolean;
  /** Whether the client has left. */
  readonly gone: boolean;
  /** Sends a whole answer. */
  whole(body: unknown): void;
  /** Says what a stream is, before its first frames. Absent: its frames are not a body of their own. */
  openStream?(status: number, type: string): void;
  /** Sends an error before the first byte; `body` and `status` are the protocol's. */
  error(error: AgproxyError, body: unknown, status?: number): void;
  /** Sends frames of a stream. Returns a promise where the client is slow; the next read waits for it (backpressure). */
  write(frames: string): Promise<void> | undefined;
  /** Sends the last frames of a stream and ends it. */
  end(frames: string): void;
}

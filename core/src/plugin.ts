import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Answer, ChatEvent, ChatStream } from "./answer.ts";
import type { ChatRequest, Model } from "./chat.ts";
import type { AgproxyError } from "./errors.ts";
import type { HookFaces } from "./hooks.ts";
import type { Http } from "./http.ts";
import type { Log } from "./log.ts";
import type { Server } from "./server.ts";
import type { Account, Attempt, Caller, Exchange, Incoming } from "./stages.ts";
import type { Stamp } from "./stamp.ts";
import type { Store } from "./store.ts";

/** A plugin: a name and one function that taps hooks. */
export interface Plugin {
  /** Kebab-case; the name in logs, errors and the banner. */
  readonly name: string;
  /**
   * Called once at start, in the order of the config file. May be asynchronous.
   * What it throws stops the start.
   */
  apply(agproxy: PluginContext): void | Promise<void>;
  /** A short phrase about the effective settings, for the banner. Asked after `apply`. */
  describe?(): string;
  /** What a user must know before they rely on it; the banner shows it by itself. Asked after `apply`. */
  notice?(): string | undefined;
  /** Why a model name is mapped as it is, in a sentence, for `agproxy explain`. Asked after `apply`. */
  explain?(model: string): string | undefined;
}

/** What a plugin gets. Nothing else of the core is for it. */
export interface PluginContext {
  readonly hooks: HookFaces;
  /** Adds accounts to the pool. Every one of them is a candidate of every exchange, in this order. */
  accounts(accounts: readonly Account[]): void;
  /** Mounts a route that carries a chat. */
  chat(path: string, protocol: Protocol): void;
  /**
   * Mounts any other route. It is behind the gate like every route. A path may have `:name` for one
   * segment and `*name` for the rest.
   */
  route(method: "GET" | "POST" | "DELETE", path: string, answer: RouteAnswer): void;
  /** Runs one chat through the same hooks as a chat route does, with a reply of the plugin's own. */
  converse(protocol: Protocol, conversation: Conversation, reply: Reply): Promise<void>;
  /** Takes WebSocket upgrades on a path. Without a taker they are answered 426; what one throws is its answer. */
  upgrade(path: string, take: (upgrade: Upgrade) => void | Promise<void>): void;
  /** Every model a client may name, each once: runs the `listModels` hook. */
  models(incoming: Incoming): Promise<readonly Model[]>;
  /** The one outbound HTTP client. */
  readonly http: Http;
  readonly store: Store;
  readonly log: Log;
  /** Aborts when agproxy stops accepting: what has no end of its own should end now. */
  readonly stopping: AbortSignal;
  /** Where agproxy listens and who may come in: the top level of the config file. */
  readonly server: Server;
}

/** A route's request, past the gate. */
export interface RouteRequest {
  readonly incoming: Incoming;
  readonly caller: Caller;
  /** The parts of the path that the route's pattern names with `:name`, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** Reads the body as JSON, within the body limit. */
  json(): Promise<unknown>;
  /** Reads the body as `multipart/form-data`, within the body limit. */
  form(): Promise<Form>;
}

/** A form that a client sent. */
export interface Form {
  /** The values of each field that is no file, in order. */
  readonly fields: ReadonlyMap<string, readonly string[]>;
  readonly files: readonly FormFile[];
}

export interface FormFile {
  readonly field: string;
  readonly filename: string;
  readonly mimeType: string;
  /** base64 */
  readonly data: string;
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

/** A route's answer: a JSON body, with a status other than 200 where it has one, or SSE frames. */
export type RouteAnswer = (
  request: RouteRequest,
) => Promise<
  { readonly status?: number; readonly body: unknown } | { readonly stream: AsyncIterable<string> }
>;

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

/** An upgrade that has passed the gate. */
export interface Upgrade {
  readonly incoming: Incoming;
  readonly caller: Caller;
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

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
   * Frames that show life, for a stream that is silent for `quietAfter` ms. Absent: nothing is sent.
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

/** One vendor's wire. An account knows its upstream. */
export interface Upstream {
  /** As the banner shows it, a word or a host name. */
  readonly name: string;
  /**
   * Sends one request. Resolves once the vendor has begun to answer; throws an `AgproxyError`
   * otherwise. The stream throws when the vendor fails in the middle or stops without a finish.
   */
  send(request: ChatRequest, attempt: Attempt): Promise<ChatStream>;
  /** A cheap call that proves the account works; throws an `AgproxyError` where it does not. */
  probe?(account: Account, signal: AbortSignal): Promise<void>;
}

/** The identity function, for the types. */
export function definePlugin(plugin: Plugin): Plugin {
  return plugin;
}

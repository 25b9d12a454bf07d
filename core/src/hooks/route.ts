import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Form } from "../kit/fields.ts";
import type { ErrorWire, Protocol } from "./protocol.ts";
import type { Caller, Incoming } from "./stages.ts";

/**
 * A request of a route, after the gate.
 *
 * @example
 * agproxy.route("POST", "/notes/:name", async ({ params, caller, json }) => {
 *   await store.set(`notes/${caller.id}/${params["name"]}`, JSON.stringify(await json()), 3_600_000);
 *   return { status: 201, body: {} };
 * });
 */
export interface RouteRequest {
  readonly incoming: Incoming;
  readonly caller: Caller;
  /** The parts of the path that the route's pattern names with `:name`, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** Reads the body as JSON. Throws `body_too_large`, `invalid_json`, `unsupported_media_type`. */
  json(): Promise<unknown>;
  /** Reads the body as `multipart/form-data`. Throws `body_too_large`, `invalid_request`, `unsupported_media_type`. */
  form(): Promise<Form>;
}

/** What a route is asked with. `GET` serves `HEAD` too. */
export type RouteMethod = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** The head of a route's answer. */
export interface RouteHead {
  /** From 200 to 599. Default: 200. */
  readonly status?: number;
  /** Any headers but those that say where an answer ends: agproxy sets `Content-Length` and its like. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * What a route answers.
 *
 * - `body`: a `FileBody` goes out as it is, under its type. So do bytes, and a text beside a `Content-Type` in `headers`.
 *   Anything else becomes JSON, `undefined` an answer without a body.
 * - `stream`: texts and bytes, as fast as the client reads them: Server-Sent Events unless `headers` has another
 *   `Content-Type`. The head goes out with the first piece, so what is thrown before it is an error like any other; later the
 *   connection is broken off. The stream is left (`return`) when the client leaves, and ends at the request's time limit.
 * - `chat`: answered as on a chat route.
 *
 * @example
 * agproxy.route("POST", "/v1/summaries", async ({ json }) => ({ chat: { protocol, body: await json() } }));
 * agproxy.route("GET", "/report.csv", async () => ({
 *   headers: { "content-type": "text/csv; charset=utf-8", "cache-control": "no-store" },
 *   body: "model,tokens\nsmall,12\n",
 * }));
 * agproxy.route("GET", "/notes", async () => ({ status: 303, headers: { location: "/notes/" }, body: undefined }));
 */
export type RouteResult =
  | (RouteHead & { readonly body: unknown })
  | (RouteHead & { readonly stream: AsyncIterable<string | Uint8Array> })
  | { readonly chat: { readonly protocol: Protocol; readonly body: unknown } };

/**
 * Load balancers and container runtimes ask these paths, and have no key.
 *
 * @example
 * const needsKey = !healthPaths.has(incoming.path);
 */
export const healthPaths: ReadonlySet<string> = new Set(["/healthz", "/readyz"]);

/** Answers the requests of a route. What it throws is the answer, as an error. */
export type RouteAnswer = (request: RouteRequest) => Promise<RouteResult>;

/** What a route asks of a request beside method and path. */
export interface RouteOptions {
  /**
   * Whether the route is meant. Where it is not, the request goes on to another plugin's route on the same path, so that
   * two APIs can share one. Default: always.
   */
  when?(incoming: Incoming): boolean;
}

/**
 * The clients of one API, and how they are told errors wherever they meet them: on its routes that are no chats, on paths
 * that it does not serve, and at the gate.
 *
 * @example
 * agproxy.errorsOf({ means: ({ path }) => path.startsWith("/notes/"), error: ({ message }) => ({ message }) });
 */
export interface ClientErrors extends ErrorWire {
  /** Whether a request is one of such a client. */
  means(incoming: Incoming): boolean;
}

/**
 * An API that clients may try, and that no plugin serves. Its errors have the shape of `error`. Default: `errorBody`.
 *
 * @example
 * agproxy.unserved({
 *   name: "the Notes API",
 *   paths: /^\/v1\/notes(\/|$)/,
 *   advice: "A plugin for notes would.",
 *   error: ({ status, message }) => ({ status, message }),
 * });
 */
export interface UnservedApi extends Partial<ErrorWire> {
  /** As in "agproxy does not serve …". */
  readonly name: string;
  /** The paths that belong to it, with their version prefix. */
  readonly paths: RegExp;
  /** Only this method is meant, also on paths that take others. Default: every method of paths that take none. */
  readonly method?: string;
  /** What would serve it, or what to do instead. */
  readonly advice: string;
}

/** What one message of a WebSocket takes in memory, counted with the bodies of its caller's requests. */
export interface MessageMemory {
  /**
   * Counts more bytes. Throws `caller_limit_reached`, and rejects with `overloaded` where others hold too much for too
   * long.
   */
  readonly hold: (bytes: number) => void | Promise<void>;
  /** The message is answered, or dropped. */
  leave(): void;
}

/** A WebSocket upgrade, after the gate. */
export interface Upgrade {
  readonly incoming: Incoming;
  readonly caller: Caller;
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  /** What the client sent after its request. */
  readonly head: Buffer;
  /** To be called for each message that arrives. */
  message(): MessageMemory;
}

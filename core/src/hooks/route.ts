import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Form } from "../kit/fields.ts";
import type { Protocol } from "./protocol.ts";
import type { Caller, Incoming } from "./stages.ts";

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

/**
 * What a route answers with: a JSON body, with a status other than 200 where it has one; SSE frames; or a chat, whose
 * answer goes straight to the client as that of a chat route does. Errors of the chat are told in its protocol's shape.
 *
 * @example
 * agproxy.route("POST", "/v1/summaries", async ({ json }) => ({ chat: { protocol, body: await json() } }));
 */
export type RouteResult =
  | { readonly status?: number; readonly body: unknown }
  | { readonly stream: AsyncIterable<string> }
  | { readonly chat: { readonly protocol: Protocol; readonly body: unknown } };

export type RouteAnswer = (request: RouteRequest) => Promise<RouteResult>;

/** An upgrade that has passed the gate. */
export interface Upgrade {
  readonly incoming: Incoming;
  readonly caller: Caller;
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

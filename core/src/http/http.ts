import { type Calls, type PlainRequest, type Timeouts, lazyCalls } from "./calls.ts";
import type { AddressRules } from "./public-agents.ts";

/** A call to an upstream. */
export interface HttpRequest extends PlainRequest {
  /** The URL of a proxy to go through: `http`, `https` or `socks5`. */
  readonly proxy?: string;
}

/**
 * Calls to upstreams, directly or through an account's proxy.
 *
 * @example
 * const { body } = await http.send({
 *   method: "POST", url, headers: { authorization }, body: await jsonBody(request), signal: incoming.signal,
 * });
 */
export type Http = Calls<HttpRequest>;

/** Makes the client for upstreams, on undici: docs/decisions/0013-one-outbound-engine.md. */
export function createHttp(timeouts: Timeouts): Http {
  return lazyCalls(async () => (await import("./upstream-http.ts")).upstreamHttp(timeouts));
}

/** A call that is not to an upstream. */
export interface SideRequest extends PlainRequest {
  /**
   * For a URL that a client chose. Throws `invalid_request` where its host has an address that is not on the public
   * internet, and connects to the address that was checked.
   */
  readonly publicOnly?: boolean;
}

/**
 * Calls that are not to an upstream, such as links in a chat or webhooks. They go through no proxy.
 *
 * @example
 * await sideCalls.send({ method: "GET", url: link, publicOnly: true, signal });
 */
export type SideCalls = Calls<SideRequest>;

/** Makes the client for all other calls, on got. `rules` are for tests. */
export function createSideCalls(timeouts: Timeouts, rules?: AddressRules): SideCalls {
  return lazyCalls(async () => (await import("./got-calls.ts")).gotCalls(timeouts, rules));
}

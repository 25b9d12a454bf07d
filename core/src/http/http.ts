import { type Calls, type PlainRequest, type Timeouts, lazyCalls } from "./calls.ts";
import type { AddressRules } from "./public-way.ts";

export interface HttpRequest extends PlainRequest {
  /** URL of an HTTP proxy to go through. */
  readonly proxy?: string;
}

/** Calls to upstreams, straight or through an account's proxy. */
export type Http = Calls<HttpRequest>;

/**
 * The client for what every request pays, undici's dispatchers: see docs/decisions/0013-one-outbound-engine.md. It is
 * loaded when it is first needed, as that is part of the start.
 */
export function createHttp(timeouts: Timeouts): Http {
  return lazyCalls(async () => (await import("./upstream-http.ts")).upstreamHttp(timeouts));
}

export interface SideRequest extends PlainRequest {
  /**
   * For a URL that somebody else chose: throws `invalid_request` where its host has any address that is not
   * on the public internet, and connects to the address that was checked.
   */
  readonly publicOnly?: boolean;
}

/** Calls beside the way to an upstream, such as links in a chat or webhooks. They go through no proxy. */
export type SideCalls = Calls<SideRequest>;

/** The one instance of got. It is loaded when it is first needed, as that is part of the start. */
export function createSideCalls(timeouts: Timeouts, rules?: AddressRules): SideCalls {
  return lazyCalls(async () => (await import("./got-calls.ts")).gotCalls(timeouts, rules));
}

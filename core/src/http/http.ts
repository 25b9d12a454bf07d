import type { Calls, PlainRequest } from "./calls.ts";
import { lazyCalls } from "./lazy-calls.ts";
import type { Timeouts } from "./timeouts.ts";

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

import type { Calls, PlainRequest } from "./calls.ts";
import { lazyCalls } from "./lazy-calls.ts";
import type { AddressRules } from "./public-way.ts";
import type { Timeouts } from "./timeouts.ts";

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

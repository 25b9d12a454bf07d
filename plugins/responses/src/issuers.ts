import type { Exchange, HookFaces, Incoming } from "agproxy";
import { type Issued, issuerOf, withoutForeign } from "./issuer.ts";

/** Who made the signatures of a request, and who makes those of its answer. */
export interface Issuers {
  read(incoming: Incoming, issued: Issued): void;
  /** Of the exchange's last attempt. */
  of(exchange: Exchange): string;
}

/**
 * Learns where each attempt goes, and takes from its request what another upstream or model family signed:
 * no other account would take it either, so it must go before anything is tried.
 */
export function trackIssuers(hooks: HookFaces): Issuers {
  const requests = new WeakMap<Incoming, Issued>();
  const answers = new WeakMap<Exchange, string>();
  hooks.transformRequest.tap("responses", (request, attempt) => {
    const issued = requests.get(attempt.exchange.incoming);
    if (issued === undefined) return request;
    const issuer = issuerOf(attempt);
    answers.set(attempt.exchange, issuer);
    return withoutForeign(request, issued, issuer);
  });
  return {
    read: (incoming, issued) => requests.set(incoming, issued),
    of: (exchange) => answers.get(exchange) ?? "",
  };
}

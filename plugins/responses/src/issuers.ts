import type { Exchange, HookFaces, Incoming } from "@agproxy/core";
import {
  type Issued,
  issuerOf,
  refusesSignature,
  withoutForeign,
  withoutSignatures,
} from "./issuer.ts";

/** Who made the signatures of a request, and who makes those of its answer. */
export interface Issuers {
  read(incoming: Incoming, issued: Issued): void;
  /** Of the exchange's last attempt. */
  of(exchange: Exchange): string;
}

/**
 * Learns where each attempt goes, and takes from its request what another upstream or model family signed.
 * Where an upstream refuses a signature all the same, the same account is asked once more without any:
 * another account would refuse it too.
 */
export function trackIssuers(hooks: HookFaces): Issuers {
  const requests = new WeakMap<Incoming, Issued>();
  const answers = new WeakMap<Exchange, string>();
  const refused = new WeakSet<Exchange>();
  hooks.transformRequest.tap("responses", (request, attempt) => {
    const { exchange } = attempt;
    const issued = requests.get(exchange.incoming);
    if (issued === undefined) return request;
    const issuer = issuerOf(attempt);
    answers.set(exchange, issuer);
    return refused.has(exchange)
      ? withoutSignatures(request, () => true)
      : withoutForeign(request, issued, issuer);
  });
  hooks.attemptFailed.tap("responses", ({ error }, { exchange }) => {
    const issued = requests.get(exchange.incoming);
    if (issued === undefined || issued.size === 0 || refused.has(exchange)) return undefined;
    if (!refusesSignature(error)) return undefined;
    refused.add(exchange);
    return { retry: "same account" };
  });
  return {
    read: (incoming, issued) => requests.set(incoming, issued),
    of: (exchange) => answers.get(exchange) ?? "",
  };
}

import type { LookupAddress } from "node:dns";
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import type { Agents } from "got";
import { AgproxyError } from "../errors/agproxy-error.ts";
import { foreignNames, type NameLimits } from "./foreign-names.ts";
import { isPublicAddress } from "./public-address.ts";

/** HTTP agents that connect only to hosts on the public internet, never into the operator's network. */
export interface PublicAgents {
  /** Agents for one call. The signal ends its look-up. */
  agents(signal: AbortSignal): Agents;
  /** Throws for a URL whose host is a literal address that is not public: the agents check only names. */
  check(url: string): void;
}

export interface AddressRules {
  /** Looks up all addresses of a name. */
  readonly resolve: (host: string, signal: AbortSignal) => Promise<readonly LookupAddress[]>;
  readonly allows: (address: string) => boolean;
}

/** Look-ups in DNS, and the rules of the public internet. `limits` are for tests. */
export function publicRules(limits?: NameLimits): AddressRules {
  return { resolve: foreignNames(limits), allows: isPublicAddress };
}

/**
 * Agents that look a host up once, check all of its addresses, and connect to a checked one. A second lookup could answer
 * differently (DNS rebinding). Connections are not kept, so each request is checked.
 */
export function publicAgents(rules: AddressRules = publicRules()): PublicAgents {
  return {
    agents(signal) {
      const lookup = checkedLookup(rules, signal);
      return { http: new HttpAgent({ lookup }), https: new HttpsAgent({ lookup }) };
    },
    check(url) {
      const host = new URL(url).hostname.replace(/^\[(.*)\]$/, "$1");
      if (isIP(host) !== 0 && !rules.allows(host)) throw refusal(host);
    },
  };
}

function checkedLookup({ resolve, allows }: AddressRules, signal: AbortSignal): LookupFunction {
  return (host, { all }, callback) => {
    const found = (addresses: readonly LookupAddress[]) => {
      const [first] = addresses;
      const safe = first !== undefined && addresses.every(({ address }) => allows(address));
      if (!safe) callback(refusal(host), []);
      else if (all === true) callback(null, [...addresses]);
      else callback(null, first.address, first.family);
    };
    // The same error for a name that does not exist: a client must not learn which private names do.
    const failed = (thrown: unknown) => callback(refusal(host, thrown), []);
    resolve(host, signal).then(found, failed);
  };
}

function refusal(host: string, cause?: unknown): AgproxyError {
  return new AgproxyError("invalid_request", `${host} has no public address.`, {
    cause,
    advice: "Check the name; only hosts on the public internet can be read.",
  });
}

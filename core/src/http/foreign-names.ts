import type { LookupAddress } from "node:dns";
import { Resolver } from "node:dns/promises";
import { createTurns } from "../kit/turns.ts";

/** How foreign names are looked up. */
export interface NameLimits {
  /** How long one look-up may take, with its wait for a turn. */
  readonly timeoutMs: number;
  /** Look-ups at a time; further ones wait. */
  readonly maxConcurrent: number;
  /** DNS servers such as `127.0.0.1:5353`. Absent: those of the system. */
  readonly servers?: readonly string[];
}

const nameLimits: NameLimits = { timeoutMs: 5000, maxConcurrent: 64 };

/** How long a DNS server may take before it is asked once more. */
const firstTryMs = 1500;

/**
 * Looks up names that other people chose, in DNS alone. The system's resolver (`getaddrinfo`) blocks one of the four threads
 * that Node has for everything, for as long as a DNS server pleases; names that nobody answers for would stop every new
 * connection. Here a look-up ends in time and can be cancelled. `/etc/hosts` and search domains are not read: they have the names
 * of the operator's own network. Throws where a name has no address.
 */
export function foreignNames(limits: NameLimits = nameLimits) {
  const turns = createTurns(limits.maxConcurrent);
  return async (host: string, signal: AbortSignal): Promise<readonly LookupAddress[]> => {
    if (isLocal(host)) throw new Error(`${host} is no public name`);
    const over = AbortSignal.any([signal, AbortSignal.timeout(limits.timeoutMs)]);
    return turns("all", over, () => lookUp(host, limits, over));
  };
}

/** Whether a name cannot be one of public DNS. Source: RFC 6761, 6762, 8375 and 9476. */
function isLocal(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, "");
  return !name.includes(".") || /\.(?:localhost|local|internal|home\.arpa|alt)$/.test(name);
}

async function lookUp(
  host: string,
  { servers }: NameLimits,
  over: AbortSignal,
): Promise<readonly LookupAddress[]> {
  // A resolver of its own for each name: cancelling ends all that a resolver does.
  const resolver = new Resolver({ timeout: firstTryMs, tries: 2 });
  if (servers !== undefined) resolver.setServers(servers);
  const cancel = () => resolver.cancel();
  over.addEventListener("abort", cancel, { once: true });
  try {
    const [four, six] = await Promise.allSettled([
      resolver.resolve4(host),
      resolver.resolve6(host),
    ]);
    const addresses = [...located(four, 4), ...located(six, 6)];
    if (addresses.length === 0 && four.status === "rejected") throw four.reason;
    return addresses;
  } finally {
    over.removeEventListener("abort", cancel);
  }
}

function located(
  answer: PromiseSettledResult<readonly string[]>,
  family: 4 | 6,
): readonly LookupAddress[] {
  if (answer.status === "rejected") return [];
  return answer.value.map((address) => ({ address, family }));
}

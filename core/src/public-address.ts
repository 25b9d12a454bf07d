import { lookup as systemLookup, type LookupAddress } from "node:dns";
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { BlockList, isIP, type LookupFunction } from "node:net";
import type { Agents } from "got";
import { AgproxyError } from "./errors.ts";

/** A way out that leads to the public internet and to no place of the operator's own. */
export interface PublicWay {
  readonly agents: Agents;
  /** Throws for a URL whose host is a literal address that is not public: only names are looked up. */
  check(url: string): void;
}

export interface AddressRules {
  /** All addresses of a name. */
  readonly resolve: (host: string) => Promise<readonly LookupAddress[]>;
  readonly allows: (address: string) => boolean;
}

const systemRules: AddressRules = {
  resolve: (host) =>
    new Promise((resolve, reject) => {
      systemLookup(host, { all: true }, (error, addresses) =>
        error === null ? resolve(addresses) : reject(error),
      );
    }),
  allows: isPublicAddress,
};

/**
 * Every connection looks its host up itself, checks every address of it, and is made to what was checked:
 * there is no second lookup whose answer could differ. Connections are not kept: another request may
 * be for the same name at another address.
 */
export function publicWay(rules: AddressRules = systemRules): PublicWay {
  const lookup = checkedLookup(rules);
  return {
    agents: { http: new HttpAgent({ lookup }), https: new HttpsAgent({ lookup }) },
    check(url) {
      const host = new URL(url).hostname.replace(/^\[(.*)\]$/, "$1");
      if (isIP(host) !== 0 && !rules.allows(host)) throw refusal(host);
    },
  };
}

function checkedLookup({ resolve, allows }: AddressRules): LookupFunction {
  return (host, { all, family }, callback) => {
    resolve(host).then(
      (addresses) => {
        const [first] = addresses.filter((found) => fits(found, family));
        const safe = addresses.every(({ address }) => allows(address));
        if (first === undefined || !safe) callback(refusal(host), []);
        else if (all === true) callback(null, [...addresses]);
        else callback(null, first.address, first.family);
      },
      // A name that does not exist gets the same words as a private one: the operator's names are no one's business.
      (thrown: unknown) => callback(refusal(host, thrown), []),
    );
  };
}

function fits(found: LookupAddress, family: number | "IPv4" | "IPv6" | undefined): boolean {
  if (family === undefined || family === 0) return true;
  return found.family === (family === 4 || family === "IPv4" ? 4 : 6);
}

function refusal(host: string, cause?: unknown): AgproxyError {
  return new AgproxyError("invalid_request", `${host} has no public address.`, {
    cause,
    advice: "Only hosts on the public internet can be read.",
  });
}

/**
 * Addresses of IPv4 that are not a host on the public internet.
 * Source: https://www.iana.org/assignments/iana-ipv4-special-registry
 */
const special4 = blockList("ipv4", [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.31.196.0/24",
  "192.52.193.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "192.175.48.0/24",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/3",
  // A cloud's own service for its machines, though the address looks public.
  "168.63.129.16/32",
]);

/**
 * Hosts of IPv6 are here and nowhere else. Outside are loopback, link-local, unique local and multicast, and
 * the forms that carry an IPv4 address (mapped, compatible, translated).
 * Source: https://www.iana.org/assignments/ipv6-address-space
 */
const unicast6 = blockList("ipv6", ["2000::/3"]);

/**
 * What is no host even there: protocols of their own (Teredo among them), documentation, and 6to4, which
 * carries an IPv4 address.
 * Source: https://www.iana.org/assignments/iana-ipv6-special-registry
 */
const special6 = blockList("ipv6", [
  "2001::/23",
  "2001:db8::/32",
  "2002::/16",
  "2620:4f:8000::/48",
  "3fff::/20",
]);

function blockList(family: "ipv4" | "ipv6", ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [net = "", prefix] = range.split("/");
    list.addSubnet(net, Number(prefix), family);
  }
  return list;
}

/** Whether an address is a host on the public internet. What is no plain address is not. */
export function isPublicAddress(address: string): boolean {
  // A zone (`fe80::1%eth0`) belongs to a link of this machine.
  if (address.includes("%")) return false;
  const family = isIP(address);
  if (family === 4) return !special4.check(address, "ipv4");
  return family === 6 && unicast6.check(address, "ipv6") && !special6.check(address, "ipv6");
}

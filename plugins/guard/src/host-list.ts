import { BlockList } from "node:net";
import { isLoopback } from "@agproxy/core";
import { type HostName, readHost } from "./host-name.ts";

/** Addresses of private networks. Source: RFC 1918, 3927, 6598, 4193, 4291. */
const privateNetworks = new BlockList();
privateNetworks.addSubnet("10.0.0.0", 8, "ipv4");
privateNetworks.addSubnet("172.16.0.0", 12, "ipv4");
privateNetworks.addSubnet("192.168.0.0", 16, "ipv4");
privateNetworks.addSubnet("169.254.0.0", 16, "ipv4");
privateNetworks.addSubnet("100.64.0.0", 10, "ipv4");
privateNetworks.addSubnet("fc00::", 7, "ipv6");
privateNetworks.addSubnet("fe80::", 10, "ipv6");

/** The hosts under which a gateway is reached. */
export interface HostList {
  /** Whether other machines may connect. */
  readonly reachable: boolean;
  /** The gateway's names besides loopback ones, as `readHost` spells them. */
  readonly names: ReadonlySet<string>;
}

/**
 * Whether a request for a host is allowed. It stops DNS rebinding, where a web page points its own name at this machine: the
 * browser then sends the page's name. Literal addresses need no DNS, so private ones are allowed.
 */
export function isHostAllowed(host: HostName, { reachable, names }: HostList): boolean {
  if (isLoopback(host.name) || names.has(host.name)) return true;
  return reachable && host.kind !== "name" && privateNetworks.check(host.name, host.kind);
}

/** The names under which a machine is found in its own network. */
export function ownNames(hostname: string): readonly string[] {
  const full = readHost(hostname);
  if (full?.kind !== "name") return [];
  const short = full.name.split(".")[0] ?? full.name;
  return [full.name, short, `${short}.local`];
}

import { BlockList } from "node:net";
import { type HostName, readHost } from "./host-name.ts";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** Addresses that only a private network uses: RFC 1918, 3927, 6598, 4193, 4291. */
const privateNetworks = new BlockList();
privateNetworks.addSubnet("10.0.0.0", 8, "ipv4");
privateNetworks.addSubnet("172.16.0.0", 12, "ipv4");
privateNetworks.addSubnet("192.168.0.0", 16, "ipv4");
privateNetworks.addSubnet("169.254.0.0", 16, "ipv4");
privateNetworks.addSubnet("100.64.0.0", 10, "ipv4");
privateNetworks.addSubnet("fc00::", 7, "ipv6");
privateNetworks.addSubnet("fe80::", 10, "ipv6");

export interface HostList {
  /** Whether other machines may connect. */
  readonly reachable: boolean;
  /** Further names that are this gateway's, as `readHost` spells them. */
  readonly names: ReadonlySet<string>;
}

/**
 * Whether a request for this host may come in. A web page that points its own name at this machine
 * (DNS rebinding) gives itself away here: the browser sends the page's name. Literal addresses need no DNS.
 */
export function isHostAllowed(host: HostName, { reachable, names }: HostList): boolean {
  if (isLoopback(host) || names.has(host.name)) return true;
  return reachable && host.kind !== "name" && privateNetworks.check(host.name, host.kind);
}

/** Names and addresses that never leave the machine. `.localhost`: RFC 6761 section 6.3. */
export function isLoopback({ name, kind }: HostName): boolean {
  if (kind !== "name") return loopback.check(name, kind);
  return name === "localhost" || name.endsWith(".localhost");
}

/** The names under which a machine of this name is found in its own network. */
export function ownNames(hostname: string): readonly string[] {
  const full = readHost(hostname);
  if (full?.kind !== "name") return [];
  const short = full.name.split(".")[0] ?? full.name;
  return [full.name, short, `${short}.local`];
}

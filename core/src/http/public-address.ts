import { BlockList, isIP } from "node:net";

/**
 * IPv4 addresses that are not hosts on the public internet.
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
  // The metadata service of a cloud, at an address that looks public.
  "168.63.129.16/32",
]);

/**
 * The only range of IPv6 with public hosts. Outside it are loopback, link-local, unique local, multicast, and
 * the forms that carry an IPv4 address (mapped, compatible, translated).
 * Source: https://www.iana.org/assignments/ipv6-address-space
 */
const unicast6 = blockList("ipv6", ["2000::/3"]);

/**
 * Parts of that range without public hosts: protocol assignments such as Teredo, documentation, and 6to4, which carries an
 * IPv4 address.
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

/** Whether an address is a host on the public internet. Anything but a plain IP address is not. */
export function isPublicAddress(address: string): boolean {
  // A zone (`fe80::1%eth0`) names a network interface of this machine.
  if (address.includes("%")) return false;
  const family = isIP(address);
  if (family === 4) return !special4.check(address, "ipv4");
  return family === 6 && unicast6.check(address, "ipv6") && !special6.check(address, "ipv6");
}

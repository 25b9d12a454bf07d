import { isIP } from "node:net";

/**
 * The addresses that one client can easily have: an IPv4 address, or a /64 of IPv6, which a single line gets. Any other text
 * stays as it is. What is counted by address, to bound what one client can do, is counted by these.
 *
 * Source: https://www.rfc-editor.org/rfc/rfc6177
 *
 * @example
 * addressGroup("2001:db8:1:2:3:4:5:6"); // "2001:db8:1:2::/64"
 * const tries = await store.add(`tries/${addressGroup(incoming.remoteAddress)}`, 1, 60_000);
 */
export function addressGroup(address: string): string {
  const plain = address.split("%", 1)[0] ?? "";
  const mapped = /^::ffff:(?<four>\d+\.\d+\.\d+\.\d+)$/i.exec(plain)?.groups?.["four"];
  if (mapped !== undefined) return mapped;
  return isIP(plain) === 6 ? `${network(plain)}::/64` : plain;
}

/** The first four groups of an IPv6 address, as the URL standard writes them. */
function network(address: string): string {
  const short = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = "", tail] = short.split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => "0");
  return [...before, ...zeros, ...after].slice(0, 4).join(":");
}

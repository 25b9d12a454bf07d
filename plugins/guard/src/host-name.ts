import { isIPv4, isIPv6 } from "node:net";

/** The host of a `Host` header, in one spelling and without its port. */
export interface HostName {
  /** Lower case, no trailing dot, IPv6 in its short form without brackets. */
  readonly name: string;
  readonly kind: "name" | "ipv4" | "ipv6";
}

/**
 * Reads a `Host` header; undefined where it is invalid. Numeric spellings such as `127.1` count as names, because browsers
 * write them out before they send them.
 *
 * Source: RFC 9110 section 7.2, RFC 3986 section 3.2.2.
 */
export function readHost(header: string): HostName | undefined {
  const match = /^(?:\[(?<six>[0-9a-f:.]+)\]|(?<name>[a-z0-9._-]+))(?::(?<port>\d{1,5}))?$/i.exec(
    header,
  );
  const { six, name, port } = match?.groups ?? {};
  if (port !== undefined && (Number(port) === 0 || Number(port) > 65_535)) return undefined;
  if (six !== undefined) {
    return isIPv6(six) ? { name: shortIPv6(six), kind: "ipv6" } : undefined;
  }
  const plain = name?.toLowerCase().replace(/\.$/, "");
  if (plain === undefined || plain === "" || plain.startsWith(".") || plain.includes("..")) {
    return undefined;
  }
  return { name: plain, kind: isIPv4(plain) ? "ipv4" : "name" };
}

function shortIPv6(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}

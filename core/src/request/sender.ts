import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import type { ServerSettings } from "../hooks/server-settings.ts";
import { inNetworks } from "../kit/networks.ts";

/** Who sent a request, and how. */
export interface Sender {
  readonly address: string;
  readonly protocol: "http" | "https";
}

export type SenderOf = (message: IncomingMessage) => Sender;

/**
 * Finds out who sent a request. `X-Forwarded-For` and `X-Forwarded-Proto` count only from a trusted proxy: of the addresses the
 * last one that no trusted proxy has, or the one that is `trustProxy` hops away. Everyone else could write what they like.
 * Source: https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/X-Forwarded-For#selecting_an_ip_address
 */
export function createSenderOf(trustProxy: ServerSettings["trustProxy"]): SenderOf {
  if (trustProxy === 0 || (typeof trustProxy !== "number" && trustProxy.length === 0))
    return direct;
  const isInside = typeof trustProxy === "number" ? undefined : inNetworks(trustProxy);
  const isTrusted = (address: string, hops: number) =>
    isInside === undefined ? hops < Number(trustProxy) : isInside(bare(address));
  return (message) => {
    const sender = direct(message);
    if (!isTrusted(sender.address, 0)) return sender;
    const { "x-forwarded-for": list = "", "x-forwarded-proto": proto } = message.headers;
    return {
      address: client(sender.address, String(list).split(","), isTrusted),
      protocol: protocolOf(proto) ?? sender.protocol,
    };
  };
}

const direct: SenderOf = ({ socket }) => ({
  address: socket.remoteAddress ?? "",
  protocol: "encrypted" in socket ? "https" : "http",
});

/** Each proxy has added the address of whoever it was asked by, so the list is read from its end. */
function client(
  nearest: string,
  list: readonly string[],
  isTrusted: (address: string, hops: number) => boolean,
): string {
  let address = nearest;
  for (let hops = 0; hops < list.length && isTrusted(address, hops); hops += 1) {
    const next = withoutPort((list.at(-1 - hops) ?? "").trim());
    // What is no address tells nothing, and neither does what stands before it.
    if (isIP(next) === 0) break;
    address = next;
  }
  return address;
}

/** `192.0.2.1:4711`, `[2001:db8::1]:4711` and `[2001:db8::1]` as some proxies write them. */
function withoutPort(text: string): string {
  return text.replace(/^\[(.*)\](?::\d+)?$/, "$1").replace(/^([\d.]+):\d+$/, "$1");
}

/** An IPv4 address as a socket for both kinds of addresses has it. */
function bare(address: string): string {
  return address.replace(/^::ffff:(?=[\d.]+$)/i, "");
}

/** What the nearest proxy says. */
function protocolOf(header: string | string[] | undefined): Sender["protocol"] | undefined {
  const word = String(header ?? "")
    .split(",")
    .at(-1)
    ?.trim()
    .toLowerCase();
  return word === "http" || word === "https" ? word : undefined;
}

import { createSocket } from "node:dgram";
import { once } from "node:events";

/** A DNS server on this machine, and what it was asked. */
export interface DnsServer extends AsyncDisposable {
  /** As `resolver.setServers` takes it. */
  readonly address: string;
  /** The names that were asked for, each once, in order. */
  readonly names: ReadonlySet<string>;
  /** Resolves with the first question, or the first for a name. */
  asked(name?: string): Promise<void>;
}

export type Family = 4 | 6;

/** The addresses of a name; `silence` for no answer at all. */
type Zone = (name: string, family: Family) => readonly (readonly number[])[] | "silence";

/** Starts a DNS server. Default: one that never answers. */
export async function dnsServer(zone: Zone = () => "silence"): Promise<DnsServer> {
  const names = new Set<string>();
  const waiting = new Set<() => void>();
  const socket = createSocket("udp4");
  socket.on("message", (query, from) => {
    const { name, end } = readName(query);
    const family = query.readUInt16BE(end) === 28 ? 6 : 4;
    names.add(name);
    for (const look of waiting) look();
    const addresses = zone(name, family);
    if (addresses !== "silence") socket.send(answer(query, end, family, addresses), from.port);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return {
    address: `127.0.0.1:${socket.address().port}`,
    names,
    asked(name) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const look = () => {
        if (name === undefined ? names.size === 0 : !names.has(name)) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
      return promise;
    },
    async [Symbol.asyncDispose]() {
      socket.close();
      await once(socket, "close");
    },
  };
}

/** The name of a query's question, and where it ends. Source: RFC 1035, section 4.1.2. */
function readName(query: Buffer): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join("."), end: at + 1 };
}

/** Source: RFC 1035, sections 4.1.1 and 4.1.3. */
function answer(
  query: Buffer,
  end: number,
  family: Family,
  addresses: readonly (readonly number[])[],
): Buffer {
  const head = Buffer.from(query.subarray(0, end + 4));
  head.writeUInt16BE(0x81_80, 2);
  head.writeUInt16BE(addresses.length, 6);
  head.writeUInt32BE(0, 8);
  const records = addresses.map((bytes) => {
    const type = family === 6 ? 28 : 1;
    // The name of the question, class IN, a minute to live.
    return Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, bytes.length, ...bytes]);
  });
  return Buffer.concat([head, ...records]);
}

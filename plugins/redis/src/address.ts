/** One server's place. */
interface Host {
  readonly host: string;
  readonly port: number;
}

/** Where Redis is. */
export interface Address {
  readonly kind: "server" | "socket" | "sentinel" | "cluster";
  /** Those of sentinels, or some of a cluster; of a socket none. */
  readonly hosts: readonly Host[];
  readonly path?: string;
  /** The name under which sentinels know the master. */
  readonly master?: string;
  readonly username?: string;
  readonly password?: string;
  readonly db?: number;
  readonly isTls: boolean;
}

const kinds = {
  redis: { kind: "server", port: 6379 },
  valkey: { kind: "server", port: 6379 },
  "redis+sentinel": { kind: "sentinel", port: 26_379 },
  "redis+cluster": { kind: "cluster", port: 6379 },
} as const;

const socketShape =
  /^(?:redis\+)?unix:(?:\/\/)?(?:(?<username>[^:@/]*):(?<password>[^@/]*)@)?(?<path>\/(?!\/)[^?#]+)$/;

const shape =
  /^(?<scheme>[a-z+]+):\/\/(?:(?<username>[^:@/]*)(?::(?<password>[^@/]*))?@)?(?<hosts>[^/?#]+)(?<path>\/[^?#]*)?$/;

/** Takes a URL apart, also one with several hosts, which the platform's `URL` does not read; undefined where it is none. */
export function addressOf(url: string): Address | undefined {
  const socket = socketShape.exec(url)?.groups;
  if (socket !== undefined) {
    const { path = "" } = socket;
    return { kind: "socket", hosts: [], path, isTls: false, ...userOf(socket) };
  }
  const parts = shape.exec(url)?.groups;
  if (parts === undefined) return undefined;
  const { scheme = "", path = "" } = parts;
  const isTls = /^(?:rediss|valkeys)\b/.test(scheme);
  const name = isTls ? scheme.replace(/^(rediss|valkeys)/, (word) => word.slice(0, -1)) : scheme;
  const known = isKind(name) ? kinds[name] : undefined;
  const hosts = known && hostsOf(parts["hosts"] ?? "", known.port);
  const place = known && placeOf(known.kind, path.slice(1).split("/"));
  if (known === undefined || hosts === undefined || place === undefined) return undefined;
  if (known.kind === "server" && hosts.length > 1) return undefined;
  return {
    kind: known.kind,
    hosts,
    isTls,
    ...place,
    ...userOf(parts),
  };
}

function userOf(
  parts: Readonly<Record<string, string | undefined>>,
): Pick<Address, "username" | "password"> {
  const username = decoded(parts["username"]);
  const password = decoded(parts["password"]);
  return { ...(username ? { username } : {}), ...(password ? { password } : {}) };
}

/** A password with a bare `%` in it is meant as it stands. */
function decoded(word: string | undefined): string | undefined {
  if (word === undefined) return undefined;
  try {
    return decodeURIComponent(word);
  } catch {
    return word;
  }
}

function isKind(name: string): name is keyof typeof kinds {
  return Object.hasOwn(kinds, name);
}

/** What stands behind the hosts: of a sentinel the master's name, then the number of the database. */
function placeOf(
  kind: Address["kind"],
  path: readonly string[],
): Pick<Address, "master" | "db"> | undefined {
  const [first = "", second = ""] = kind === "sentinel" ? path : ["", path[0]];
  const isComplete = path.length <= (kind === "sentinel" ? 2 : 1);
  if (!isComplete || !/^\d{0,4}$/.test(second) || (kind === "cluster" && second !== "")) {
    return undefined;
  }
  if (kind === "sentinel" && first === "") return undefined;
  return {
    ...(first === "" ? {} : { master: decoded(first) ?? first }),
    ...(second === "" ? {} : { db: Number(second) }),
  };
}

function hostsOf(list: string, defaultPort: number): readonly Host[] | undefined {
  const hosts = list.split(",").map((one) => {
    const match = /^(?:\[(?<v6>[\da-fA-F:.]+)\]|(?<name>[\w.-]+))(?::(?<port>\d{1,5}))?$/.exec(one);
    const { v6, name, port } = match?.groups ?? {};
    const host = v6 ?? name;
    return host === undefined ? undefined : { host, port: Number(port ?? defaultPort) };
  });
  const good = hosts.filter((host) => host !== undefined);
  return good.length === hosts.length && good.every(({ port }) => port > 0 && port < 65_536)
    ? good
    : undefined;
}

/** An address for the log: without password. */
export function addressText({ kind, hosts, path, master }: Address): string {
  if (path !== undefined) return path;
  const list = hosts.map(({ host, port }) => `${host.includes(":") ? `[${host}]` : host}:${port}`);
  if (kind === "server") return list.join(", ");
  return kind === "cluster"
    ? `the cluster of ${list.join(", ")}`
    : `${master} of the sentinels ${list.join(", ")}`;
}

/** A real Redis or Valkey as a child process. Debian's package `redis-server` has one, and so has `valkey-server`. */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { folder } from "./folder.ts";

function onPath(name: string): string | undefined {
  for (const place of (process.env["PATH"] ?? "").split(delimiter)) {
    try {
      accessSync(join(place, name), constants.X_OK);
      return join(place, name);
    } catch {
      // Not there.
    }
  }
  return undefined;
}

const program = onPath("redis-server") ?? onPath("valkey-server");

/** For `test`: why tests with Redis are skipped, or false. */
export const withoutRedis =
  program === undefined
    ? "neither redis-server nor valkey-server is on the PATH (Debian: apt-get install redis-server)"
    : false;

export interface RedisServer extends AsyncDisposable {
  /** For the plugin's `url`. */
  readonly url: string;
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>;
  /** Starts it again, with nothing in it. */
  start(): Promise<void>;
  /** Lets it hang, and go on. */
  signal(name: "SIGSTOP" | "SIGCONT"): void;
  /** The keys that it has. */
  keys(): readonly string[];
  /** Runs a command of it. */
  command(...args: readonly string[]): string;
}

/** Starts one on a socket of its own, without a port; it keeps nothing on the disk. */
export async function redisServer(): Promise<RedisServer> {
  const place = await folder();
  const socket = join(place.path, "redis.sock");
  const options = ["--port", "0", "--unixsocket", socket, ...forgetful, "--dir", place.path];
  const command = (...args: readonly string[]) => cli(["-s", socket, ...args]);
  let child: ChildProcess | undefined;
  const start = async () => void (child = await started(options, command));
  const kill = () => killed(child);
  await start();
  return {
    url: `unix://${socket}`,
    start,
    kill,
    command,
    signal: (name) => void child?.kill(name),
    keys: () => command("--raw", "keys", "*").split("\n").filter(Boolean).toSorted(),
    async [Symbol.asyncDispose]() {
      await kill();
      await place[Symbol.asyncDispose]();
    },
  };
}

/** Redis reached by several hosts. */
export interface RedisGroup extends AsyncDisposable {
  readonly url: string;
}

/** A cluster of two, with half of the slots each. */
export async function redisCluster(): Promise<RedisGroup> {
  const place = await folder();
  const nodes: { readonly port: number; readonly child: ChildProcess }[] = [];
  for (const slots of [
    ["0", "8191"],
    ["8192", "16383"],
  ]) {
    const [port, bus] = [await freePort(), await freePort()];
    const at = ["--port", `${port}`, "--cluster-port", `${bus}`, "--bind", "127.0.0.1"];
    const own = ["--cluster-enabled", "yes", "--cluster-config-file", `nodes-${port}.conf`];
    const options = [...at, ...own, ...forgetful, "--dir", place.path];
    const child = await started(options, (...args) => cli(["-p", `${port}`, ...args]));
    cli(["-p", `${port}`, "cluster", "addslotsrange", ...slots]);
    const [first] = nodes;
    if (first !== undefined) {
      cli(["-p", `${first.port}`, "cluster", "meet", "127.0.0.1", `${port}`, `${bus}`]);
    }
    nodes.push({ port, child });
  }
  while (!nodes.every(isWhole)) await sleep(20);
  return {
    url: `redis+cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(",")}`,
    async [Symbol.asyncDispose]() {
      for (const { child } of nodes) await killed(child);
      await place[Symbol.asyncDispose]();
    },
  };
}

/** A master that a sentinel watches. */
export async function redisSentinel(): Promise<RedisGroup> {
  const [port, watched] = [await freePort(), await freePort()];
  const place = await folder({
    "sentinel.conf": `sentinel monitor house 127.0.0.1 ${watched} 1\n`,
  });
  const local = ["--bind", "127.0.0.1", "--dir", place.path];
  const master = await started(["--port", `${watched}`, ...forgetful, ...local], (...args) =>
    cli(["-p", `${watched}`, ...args]),
  );
  const sentinel = await started(
    [join(place.path, "sentinel.conf"), "--sentinel", "--port", `${port}`, ...local],
    (...args) => cli(["-p", `${port}`, ...args]),
  );
  return {
    url: `redis+sentinel://127.0.0.1:${port}/house`,
    async [Symbol.asyncDispose]() {
      await killed(sentinel);
      await killed(master);
      await place[Symbol.asyncDispose]();
    },
  };
}

/** Whether a node of the cluster knows the other and all slots. */
function isWhole({ port }: { readonly port: number }): boolean {
  const told = cli(["-p", `${port}`, "cluster", "info"]);
  return told.includes("cluster_state:ok") && told.includes("cluster_known_nodes:2");
}

const forgetful = ["--save", "", "--appendonly", "no"] as const;

function cli(args: readonly string[]): string {
  const path = installed().replace(/(?:redis|valkey)-server$/, (name) =>
    name.replace("server", "cli"),
  );
  return execFileSync(path, args, { encoding: "utf8", stdio: "pipe" });
}

function installed(): string {
  if (program === undefined) throw new Error(String(withoutRedis));
  return program;
}

/** Starts a server; resolves once it answers. */
async function started(
  options: readonly string[],
  command: (...args: readonly string[]) => string,
): Promise<ChildProcess> {
  const child = spawn(installed(), options, { stdio: "ignore" });
  for (;;) {
    if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode}`);
    try {
      if (command("ping").includes("PONG")) return child;
    } catch {
      await sleep(10);
    }
  }
}

async function killed(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const over = once(child, "exit");
  child.kill("SIGKILL");
  await over;
}

/** A port that was free a moment ago: Redis cannot say which one it was given. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

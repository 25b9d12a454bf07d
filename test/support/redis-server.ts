/** A real Redis or Valkey as a child process. Debian's package `redis-server` has one, and so has `valkey-server`. */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
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
  if (program === undefined) throw new Error(String(withoutRedis));
  const place = await folder();
  const socket = join(place.path, "redis.sock");
  const options = ["--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no"];
  let child: ChildProcess | undefined;
  const cli = program.replace(/server$/, "cli");
  const command = (...args: readonly string[]) =>
    execFileSync(cli, ["-s", socket, ...args], { encoding: "utf8", stdio: "pipe" });

  async function start(): Promise<void> {
    child = spawn(program!, [...options, "--dir", place.path], { stdio: "ignore" });
    for (;;) {
      if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode}`);
      try {
        if (command("ping").includes("PONG")) return;
      } catch {
        await sleep(10);
      }
    }
  }

  async function kill(): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const over = once(child, "exit");
    child.kill("SIGKILL");
    await over;
  }

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

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** What a program has used so far: microseconds of CPU in all its threads, bytes of memory. */
export interface Use {
  readonly cpu: number;
  readonly rss: number;
}

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const root = here("../..");
const agproxy = [here("../../core/bin/agproxy.js"), "start", "--port", "0"];

/** The programs of the bench, as Node is told to run them. */
const scripts = {
  mock: [here("mock-upstream.ts")],
  bare: [here("bare-gateway.ts")],
  reference: [here("reference-gateway.ts")],
  agproxy: [...agproxy, "--config", here("agproxy.config.ts")],
} as const;

/** The programs that are compared. */
export const gateways = ["bare", "reference", "agproxy"] as const;
export type GatewayName = (typeof gateways)[number];

/** The key that agproxy asks for. */
export const apiKey = "bench-key-b1d7f0a95c3e4826";

/** A program in a process of its own, listening on a free port. */
export class Program {
  readonly port: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  /** Starts it on a core, where cores can be chosen; its output goes to the null device. */
  static async start(name: keyof typeof scripts, core?: number, upstream?: Program) {
    const url = upstream === undefined ? "" : `http://127.0.0.1:${upstream.port}`;
    const flags = ["--conditions=@agproxy/source", `--import=${here("meter.ts")}`];
    const child = run([...flags, ...scripts[name]], core, {
      AGPROXY_API_KEY: apiKey,
      GEMINI_BASE_URL: url,
    });
    return new Program(child, Number(await firstMessage(child, name)));
  }

  async use(): Promise<Use> {
    const { pid } = this.#child;
    if (existsSync(`/proc/${pid}/schedstat`)) return useOf(`/proc/${pid}`);
    this.#child.send("use");
    return (await firstMessage(this.#child, "program")) as Use;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const exit = once(this.#child, "exit");
    this.#child.kill();
    const late = setTimeout(() => {
      process.stderr.write(
        `${this.#child.spawnargs.join(" ")}: not stopped after 5 s, so killed\n`,
      );
      this.#child.kill("SIGKILL");
    }, 5000);
    await exit;
    clearTimeout(late);
  }
}

/** Runs one of the bench's own files to its end and returns what it sends. */
export async function resultOf(file: string, argument: string, core?: number): Promise<unknown> {
  const child = run(["--conditions=@agproxy/source", here(file), argument], core, {});
  const result = await firstMessage(child, file);
  if (child.exitCode === null) await once(child, "exit");
  return result;
}

/** The user's environment stays outside: it may change what is measured. */
function run(args: readonly string[], core: number | undefined, env: Record<string, string>) {
  const node = [process.execPath, ...args];
  const [command = "", ...rest] = core === undefined ? node : ["taskset", "-c", `${core}`, ...node];
  const child = spawn(command, rest, {
    cwd: root,
    env: { PATH: process.env["PATH"], NODE_ENV: "production", ...env },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const orphan = () => child.kill("SIGKILL");
  process.once("exit", orphan);
  child.once("exit", () => process.off("exit", orphan));
  return child;
}

async function firstMessage(child: ChildProcess, name: string): Promise<unknown> {
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, AbortSignal.timeout(20_000)]);
  const exit = once(child, "exit", { signal }).then(([code]) => {
    throw new Error(`${name} ended with ${String(code)} before it said anything`);
  });
  try {
    const [message] = await Promise.race([once(child, "message", { signal }), exit]);
    return message;
  } finally {
    // The listener that lost the race must go, and so must its rejection.
    exit.catch(() => {});
    over.abort();
  }
}

/** The scheduler's own count, in nanoseconds and of every thread, garbage collection and compilation included. */
function useOf(proc: string): Use {
  let cpu = 0;
  for (const thread of readdirSync(`${proc}/task`)) {
    cpu += Number(readFileSync(`${proc}/task/${thread}/schedstat`, "utf8").split(" ")[0]) / 1000;
  }
  const resident = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`${proc}/status`, "utf8"))?.[1];
  return { cpu, rss: Number(resident) * 1024 };
}

/** Keeps this process on core 1, so that the gateways have core 0; false where that cannot be done. */
export function pin(): boolean {
  return taskset("-c", "0", "true") && taskset("-acp", "1", `${process.pid}`);
}

function taskset(...args: readonly string[]): boolean {
  return spawnSync("taskset", args).status === 0;
}

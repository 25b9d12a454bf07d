import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** Where and how children run. */
export interface Site {
  /** The core that gateways have for themselves, where cores can be chosen. */
  readonly core: number | undefined;
  /** Packages come from their TypeScript sources, not as they are published. */
  readonly source: boolean;
}

export const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const root = here("../..");

const children = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of children) child.kill("SIGKILL");
});

/** How much is kept of what a child says of itself. */
const keptCharacters = 8000;

/** Runs Node. The user's environment stays outside: it may change what is measured. What the child says is shown if it fails. */
export function run(
  args: readonly string[],
  { core, source }: Site,
  env: Readonly<Record<string, string>> = {},
): ChildProcess {
  const node = [process.execPath, ...(source ? ["--conditions=@agproxy/source"] : []), ...args];
  const [command = "", ...rest] = core === undefined ? node : ["taskset", "-c", `${core}`, ...node];
  const child = spawn(command, rest, {
    cwd: root,
    env: { PATH: process.env["PATH"], NODE_ENV: "production", ...env },
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-keptCharacters);
  });
  children.add(child);
  child.once("close", (code) => {
    children.delete(child);
    if (code !== 0 && code !== null) process.stderr.write(said);
  });
  return child;
}

/** Runs one of the bench's own files to its end and returns what it sends. */
export async function resultOf(
  site: Site,
  file: string,
  ...args: readonly number[]
): Promise<unknown> {
  const child = run([here(file), ...args.map(String)], site);
  const result = await firstMessage(child, file);
  if (child.exitCode === null) await once(child, "exit");
  return result;
}

export async function firstMessage(child: ChildProcess, name: string): Promise<unknown> {
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

/** Keeps this process on core 1, so that the gateways have core 0; false where that cannot be done. */
export function pin(): boolean {
  return taskset("-c", "0", "true") && taskset("-acp", "1", `${process.pid}`);
}

function taskset(...args: readonly string[]): boolean {
  return spawnSync("taskset", args).status === 0;
}

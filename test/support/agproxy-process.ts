import { join } from "node:path";
import {
  finishedProcess,
  startProcess,
  type FinishedProcess,
  type ProcessOptions,
} from "./child-process.ts";
import { repository } from "./repository.ts";

/** The command `agproxy`, run from the sources of this repository. */
const command = [
  process.execPath,
  "--conditions=@agproxy/source",
  join(repository, "bin/agproxy.js"),
] as const;

const cache = join(repository, "node_modules/.cache/agproxy");

/** Compiled modules are kept, as for every user; those of the tests stay in the repository, and so does their state. Accounts of the user are not asked. */
const env = {
  NODE_COMPILE_CACHE: cache,
  AGPROXY_ACCOUNTS_FILE: join(cache, "no-accounts.json"),
  XDG_STATE_HOME: join(repository, "node_modules/.cache/state"),
};

/** Runs one command of the CLI to its end. */
export function agproxy(
  args: readonly string[],
  options: ProcessOptions,
): Promise<FinishedProcess> {
  const [node, ...before] = command;
  return finishedProcess(node, [...before, ...args], {
    ...options,
    env: { ...env, ...options.env },
  });
}

/** A gateway in a process of its own. */
export interface AgproxyProcess extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`, without `/v1`. */
  readonly url: string;
  /** What it printed until it was ready. */
  readonly banner: string;
  /** All that it has written so far. */
  readonly output: string;
  /** Resolves as soon as it has written this. */
  said(pattern: RegExp): Promise<RegExpExecArray>;
  signal(name: NodeJS.Signals): void;
  /** Leaves all that it writes from now on unread, as `agproxy start | head -1` does. */
  hangUp(): void;
  readonly finished: Promise<FinishedProcess>;
}

export interface AgproxyOptions extends ProcessOptions {
  /** After `agproxy start`. Default: `--port 0`, any free port. */
  readonly args?: readonly string[];
  /** Another way to run agproxy, such as the command of an installed package. */
  readonly command?: readonly [string, ...string[]];
}

/** Starts a gateway; resolves once it has printed its banner and takes requests. */
export async function startAgproxy(options: AgproxyOptions): Promise<AgproxyProcess> {
  const { args = ["--port", "0"], command: given = command, ...rest } = options;
  const [first, ...before] = given;
  const running = startProcess(first, [...before, "start", ...args], {
    ...rest,
    env: { ...env, ...rest.env },
  });
  const [, url = ""] = await running.said(/listens on (https?:\/\/\S+)[^]*\n *curl .*\r?\n/);
  const banner = running.stderr;
  return {
    url,
    banner,
    get output() {
      return running.stdout + running.stderr;
    },
    finished: running.finished,
    said: (pattern) => running.said(pattern),
    signal: (name) => void running.child.kill(name),
    hangUp: () => void running.child.stdout?.destroy(),
    async [Symbol.asyncDispose]() {
      running.child.kill("SIGKILL");
      await running.finished;
    },
  };
}

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";

/** A process that is over, and what it said. */
export interface FinishedProcess {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process that runs, and what it has said so far. */
export interface RunningProcess {
  readonly child: ChildProcess;
  readonly stdout: string;
  readonly stderr: string;
  readonly finished: Promise<FinishedProcess>;
  /** Resolves with the match as soon as the standard output or the standard error has it. Rejects where the process ends before. */
  said(pattern: RegExp): Promise<RegExpExecArray>;
}

export interface ProcessOptions {
  readonly cwd: string;
  /** Added to the environment of the tests; undefined takes a variable out. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** What it reads from its standard input. Default: nothing. */
  readonly input?: string | undefined;
  /** Default: two minutes. */
  readonly timeoutMs?: number;
}

/** No test leaves a process behind that nobody ends. */
const longest = 120_000;

export function startProcess(
  command: string,
  args: readonly string[],
  { cwd, env, input, timeoutMs = longest }: ProcessOptions,
): RunningProcess {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...withoutOurs, ...env },
    stdio: "pipe",
    signal: AbortSignal.timeout(timeoutMs),
    killSignal: "SIGKILL",
  });
  // Without input it reads an end at once, as from /dev/null.
  child.stdin.on("error", () => {}).end(input);
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => (output[name] += text));
  }
  const finished = once(child, "close").then(([code]: readonly unknown[]): FinishedProcess => ({
    ...output,
    code: typeof code === "number" ? code : null,
  }));
  return {
    child,
    finished,
    get stdout() {
      return output.stdout;
    },
    get stderr() {
      return output.stderr;
    },
    said: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(output.stdout) ?? pattern.exec(output.stderr);
          if (match === null) return;
          child.stdout.off("data", look);
          child.stderr.off("data", look);
          resolve(match);
        };
        child.stdout.on("data", look);
        child.stderr.on("data", look);
        look();
        finished.then(
          (end) => reject(new Error(`It ended without saying ${pattern}: ${JSON.stringify(end)}`)),
          reject,
        );
      }),
  };
}

/** Runs a command to its end. Rejects where it cannot be started. */
export function finishedProcess(
  command: string,
  args: readonly string[],
  options: ProcessOptions,
): Promise<FinishedProcess> {
  return startProcess(command, args, options).finished;
}

/** What the environment of the tests must not tell the processes they start: on a build server (`CI`) Node sees no colours in any terminal. */
const withoutOurs = {
  AGPROXY_API_KEY: undefined,
  AGPROXY_HOST: undefined,
  AGPROXY_PORT: undefined,
  CI: undefined,
  FORCE_COLOR: undefined,
  GEMINI_API_KEY: undefined,
  GEMINI_BASE_URL: undefined,
  NODE_DISABLE_COLORS: undefined,
  NODE_OPTIONS: undefined,
  NODE_TEST_CONTEXT: undefined,
  NO_COLOR: undefined,
};

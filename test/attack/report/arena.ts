import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import {
  answerWell,
  type GeminiCall,
  type GeminiServer,
  geminiServer,
} from "../../support/gemini-server.ts";

/** How the gateway fared since it was last asked. */
export interface Health {
  readonly longestPauseMs: number;
  /** The most CPU time that its thread took in one turn of the event loop, roughly. */
  readonly mostWorkMs: number;
  readonly peakMemoryMb: number;
}

/** The server behind the gateway. It answers well, but for the calls that are spoken for. */
export interface Upstream {
  next(answer: (call: GeminiCall) => void): void;
  /** Answers every call from now on; without `answer`, well. */
  always(answer?: (call: GeminiCall) => void): void;
}

export interface Arena extends AsyncDisposable {
  readonly url: string;
  readonly upstream: Upstream;
  /** The status of the answer, once all of it was read; a word where there was none. */
  post(path: string, body: string, type?: string): Promise<number | string>;
  json(path: string, body: object): Promise<Readonly<Record<string, unknown>>>;
  health(): Promise<Health>;
  rest(ms: number): Promise<void>;
}

const target = fileURLToPath(new URL("target.ts", import.meta.url));

/** What the gateway is like: its heap in MB, and whether its accounts never rest after an error. */
export interface ArenaOptions {
  readonly heapMb?: number | undefined;
  readonly tireless?: boolean | undefined;
}

/** Starts a gateway in a process of its own. */
export async function startArena({ heapMb, tireless }: ArenaOptions): Promise<Arena> {
  let queue: ((call: GeminiCall) => void)[] = [];
  let usual = answerWell;
  const server: GeminiServer = await geminiServer((call) => (queue.shift() ?? usual)(call));
  const limits = heapMb === undefined ? [] : [`--max-old-space-size=${heapMb}`];
  const child = spawn(
    process.execPath,
    [
      "--conditions=@agproxy/source",
      ...limits,
      target,
      server.url,
      ...(tireless === true ? ["tireless"] : []),
    ],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const [line] = (await once(child.stdout.setEncoding("utf8"), "data")) as [string];
  const url = line.trim();

  async function post(path: string, body: string, type = "application/json") {
    const headers = { "content-type": type };
    try {
      const signal = AbortSignal.timeout(60_000);
      const answer = await fetch(url + path, { method: "POST", headers, body, signal });
      await answer.text();
      return answer.status;
    } catch (thrown) {
      return thrown instanceof Error ? thrown.name : "failed";
    }
  }

  return {
    url,
    post,
    upstream: {
      next: (answer) => queue.push(answer),
      always(answer = answerWell) {
        queue = [];
        usual = answer;
      },
    },
    async json(path, body) {
      const answer = await fetch(url + path, { method: "POST", body: JSON.stringify(body) });
      return (await answer.json()) as Readonly<Record<string, unknown>>;
    },
    async health() {
      if (child.exitCode !== null) throw new Error(`The gateway ended with ${child.exitCode}.`);
      const answer = await fetch(`${url}/attack/health`, { signal: AbortSignal.timeout(60_000) });
      return (await answer.json()) as Health;
    },
    rest: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await server[Symbol.asyncDispose]();
    },
  };
}

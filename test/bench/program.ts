import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { firstMessage, here, run, type Site } from "./child.ts";
import { peerScripts } from "./peers.ts";
import { plainScript } from "./plain-script.ts";
import { type Use, useOfTree } from "./use.ts";

/** What Node is told to run. */
const scripts = {
  mock: () => [here("mock-upstream.ts")],
  bare: () => [plainScript("bare-gateway")],
  reference: () => [plainScript("reference-gateway")],
  agproxy: () => {
    const command = [here("../../bin/agproxy.js"), "start", "--port", "0"];
    return [...command, "--config", here("agproxy.config.ts")];
  },
  ...peerScripts,
};

export type ProgramName = keyof typeof scripts;

/** The key that agproxy asks for. */
export const apiKey = "bench-key-b1d7f0a95c3e4826";

export interface Settings {
  /** Where a gateway sends its requests. */
  readonly upstream?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Added to the command. */
  readonly args?: readonly string[];
}

/** A program in a process of its own, listening on a free port. */
export class Program {
  readonly port: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  /** Starts it; its output goes to the null device. */
  static async start(name: ProgramName, site: Site, settings: Settings = {}) {
    const { upstream = "", env, args = [] } = settings;
    const all = { AGPROXY_API_KEY: apiKey, GEMINI_BASE_URL: upstream, ...env };
    const meter = `--import=${plainScript("meter")}`;
    const child = run([meter, ...scripts[name](), ...args], site, all);
    return new Program(child, Number(await firstMessage(child, name)));
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async use(): Promise<Use> {
    const { pid } = this.#child;
    if (existsSync(`/proc/${pid}/schedstat`)) return useOfTree(pid ?? 0);
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

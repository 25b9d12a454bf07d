/** OpenAI's own coding agent, from npm, run against a gateway as a user runs it. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The newest when these tests were written; another one may want other things. */
const version = "0.169.0";

/** Kept between runs: the package is large. */
const place = join(tmpdir(), `agproxy-codex-${version}`);
const program = join(place, "node_modules", ".bin", "codex");

/** Installs the agent where it is not. Returns why it cannot be had. */
export async function codexMissing(): Promise<string | false> {
  try {
    if (!existsSync(program)) {
      mkdirSync(place, { recursive: true });
      const flags = ["--prefix", place, "--no-audit", "--no-fund", "--ignore-scripts"];
      await run("npm", ["install", ...flags, `@openai/codex@${version}`], { timeout: 180_000 });
    }
    await run(program, ["--version"], { timeout: 30_000 });
    return false;
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message.split("\n")[0] : String(thrown);
    return `@openai/codex ${version} cannot be had here: ${why}`;
  }
}

export interface CodexOptions {
  readonly model?: string;
  /** The provider that is built in opens a WebSocket first; one's own speaks HTTP. */
  readonly provider?: "built-in" | "own";
  /** Further top-level lines of the configuration. */
  readonly settings?: readonly string[];
  /** Further lines of one's own provider. */
  readonly providerSettings?: readonly string[];
}

export interface Codex extends Disposable {
  /** The folder it works in. */
  readonly folder: string;
  /** Runs one prompt. Throws with what it printed where it fails. */
  exec(prompt: string, ...flags: readonly string[]): Promise<Told>;
  /** The next turn of the same conversation. */
  resume(prompt: string): Promise<Told>;
}

export interface Told {
  /** Its last message. */
  readonly message: string;
  /** Everything it printed. */
  readonly printed: string;
}

/** The agent with a home and a folder of its own. */
export function codex(url: string, options: CodexOptions = {}): Codex {
  const root = mkdtempSync(join(tmpdir(), "agproxy-codex-run-"));
  const home = join(root, "home");
  const folder = join(root, "work");
  mkdirSync(home);
  mkdirSync(folder);
  writeFileSync(join(home, "config.toml"), configuration(url, options));

  async function told(args: readonly string[]): Promise<Told> {
    const last = join(root, "last.txt");
    rmSync(last, { force: true });
    const env = { ...process.env, CODEX_HOME: home, GW_KEY: "any", CODEX_API_KEY: "any" };
    // Its standard input must end at once: it reads from one that stays open.
    const running = run(program, [...args, "-o", last], { cwd: folder, env, timeout: 90_000 });
    running.child.stdin?.end();
    const { stdout, stderr } = await running;
    const message = existsSync(last) ? readFileSync(last, "utf8") : "";
    return { message, printed: `${stdout}\n${stderr}` };
  }

  const exec = ["exec", "--skip-git-repo-check"];
  return {
    folder,
    exec: (prompt, ...flags) => told([...exec, ...flags, prompt]),
    resume: (prompt) => told([...exec, "resume", "--last", prompt]),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}

function configuration(url: string, options: CodexOptions): string {
  const {
    model = "gemini-2.5-pro",
    provider = "own",
    settings = [],
    providerSettings = [],
  } = options;
  const own = [
    "[model_providers.gw]",
    'name = "gw"',
    `base_url = "${url}/v1"`,
    'env_key = "GW_KEY"',
    'wire_api = "responses"',
    "request_max_retries = 2",
    "stream_max_retries = 2",
    ...providerSettings,
  ];
  return [
    `model = "${model}"`,
    provider === "own" ? 'model_provider = "gw"' : `openai_base_url = "${url}/v1"`,
    "check_for_update_on_startup = false",
    'approval_policy = "never"',
    'sandbox_mode = "danger-full-access"',
    ...settings,
    "[analytics]",
    "enabled = false",
    ...(provider === "own" ? own : []),
    "",
  ].join("\n");
}

import { createHash } from "node:crypto";
import { mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { finishedProcess } from "./child-process.ts";

/** The SDKs for Python, by the names of their packages. */
type Sdk = "anthropic" | "google-genai" | "openai";

/** What a package is imported as. */
const modules: Readonly<Record<Sdk, string>> = {
  anthropic: "anthropic",
  "google-genai": "google.genai",
  openai: "openai",
};

/** A Python that has an SDK, or why there is none. */
export type PythonSdk =
  | { readonly python: string; readonly version: string }
  | { readonly missing: string };

/** Takes the Python of this machine where it has the package; else puts the package beside it, once. */
export async function pythonSdk(sdk: Sdk = "openai"): Promise<PythonSdk> {
  const system = await withSdk("python3", sdk);
  if (system !== undefined) return system;
  const base = await say("python3", "-c", "import sys; print(sys.executable, sys.version)");
  if (base === undefined) return { missing: "there is no python3 on this machine" };
  const name = `agproxy-${sdk}-python-${createHash("sha256").update(base).digest("hex").slice(0, 12)}`;
  const place = join(tmpdir(), name);
  const kept = await withSdk(pythonOf(place), sdk);
  if (kept !== undefined) return kept;
  return install(place, sdk);
}

/** Installs into a folder of its own first, so that two runs at once do not meet half of it. */
async function install(place: string, sdk: Sdk): Promise<PythonSdk> {
  const draft = await mkdtemp(`${place}-`);
  const steps = [
    ["python3", "-m", "venv", "--without-pip", draft],
    ["python3", "-m", "pip", "--python", draft, "install", "--quiet", "--no-input", sdk],
  ] as const;
  for (const [command, ...args] of steps) {
    const { code, stderr } = await finishedProcess(command, args, { cwd: tmpdir() });
    if (code === 0) continue;
    await rm(draft, { recursive: true, force: true });
    const why = stderr.trim().split("\n").at(-1) ?? "";
    return { missing: `the package ${sdk} cannot be installed (${args.join(" ")}: ${why})` };
  }
  // Where another run was faster, its folder stays and this one is used for now.
  await rename(draft, place).catch(() => undefined);
  const made = (await withSdk(pythonOf(place), sdk)) ?? (await withSdk(pythonOf(draft), sdk));
  return made ?? { missing: `the package ${sdk} was installed and cannot be imported` };
}

const pythonOf = (place: string) => join(place, "bin", "python");

async function withSdk(python: string, sdk: Sdk): Promise<PythonSdk | undefined> {
  const version = await say(python, "-c", `import ${modules[sdk]} as sdk; print(sdk.__version__)`);
  return version === undefined ? undefined : { python, version };
}

async function say(command: string, ...args: readonly string[]): Promise<string | undefined> {
  try {
    const { code, stdout } = await finishedProcess(command, args, { cwd: tmpdir() });
    return code === 0 ? stdout.trim() : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Clients in other languages, built from `clients/` with this machine's own tools, once, and run against a gateway. A test
 * run uses those that are built; `npm run test:clients` builds them.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cp, glob, mkdtemp, readFile, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { finishedProcess } from "./child-process.ts";
import { repository } from "./repository.ts";

type Command = readonly [program: string, ...args: readonly string[]];

interface Recipe {
  /** The folder in `clients/`. */
  readonly name: string;
  /** Each must work, or the client cannot be had here. */
  readonly tools: readonly Command[];
  /** Fetches the packages. Where it fails, the client cannot be had here. */
  readonly fetch: Command;
  /** Builds from what is fetched; must work. */
  readonly build: Command;
  /** Runs what is built, in its folder. */
  readonly run: Command;
}

/** A client that can be run, or why it cannot be had. */
export type BuiltClient =
  | { run(url: string): Promise<unknown>; readonly missing?: undefined }
  | { readonly missing: string };

/** Packages of a registry, and a compiler that shares its cores with other tests. */
const buildTimeoutMs = 900_000;

export async function builtClient(recipe: Recipe): Promise<BuiltClient> {
  const source = join(repository, "test/support/clients", recipe.name);
  const hash = createHash("sha256").update(JSON.stringify(recipe));
  for (const [program, ...args] of recipe.tools) {
    const version = await step([program, ...args], tmpdir());
    if (version.code !== 0) return { missing: `there is no ${program} here: ${version.why}` };
    hash.update(version.stdout);
  }
  const files = await Array.fromAsync(glob("**/*.*", { cwd: source }));
  for (const file of files.toSorted()) {
    if ((await stat(join(source, file))).isFile()) hash.update(await readFile(join(source, file)));
  }
  const place = join(tmpdir(), `agproxy-${recipe.name}-client-${hash.digest("hex").slice(0, 12)}`);
  const isBuilt = await stat(place).then(
    () => true,
    () => false,
  );
  if (!isBuilt) {
    if (process.env["AGPROXY_BUILD_CLIENTS"] !== "1") {
      return { missing: "it is not built yet, which takes minutes; `npm run test:clients` does" };
    }
    const missing = await build(recipe, source, place);
    if (missing !== undefined) return { missing };
  }
  return { run: (url) => said(recipe.run, place, url) };
}

/** Builds in a folder of its own first, so that two runs at once do not meet half of it. */
async function build(recipe: Recipe, source: string, place: string): Promise<string | undefined> {
  const draft = await mkdtemp(`${place}-`);
  await cp(source, draft, { recursive: true });
  const fetched = await step(recipe.fetch, draft);
  if (fetched.code !== 0) {
    await rm(draft, { recursive: true, force: true });
    return `its packages cannot be fetched (${recipe.fetch.join(" ")}: ${fetched.why})`;
  }
  const built = await step(recipe.build, draft);
  if (built.code !== 0) await rm(draft, { recursive: true, force: true });
  assert.equal(built.code, 0, built.stdout + built.stderr);
  await rename(draft, place).catch(() => rm(draft, { recursive: true, force: true }));
  return undefined;
}

async function step([program, ...args]: Command, cwd: string) {
  try {
    // A compiler takes all cores for minutes, and other tests need them.
    const command = ["-n", "19", program, ...args];
    const end = await finishedProcess("nice", command, { cwd, timeoutMs: buildTimeoutMs });
    const output = `${end.stdout}\n${end.stderr}`.trim();
    return { ...end, why: /^.*error.*$/im.exec(output)?.[0] ?? output.split("\n").at(-1) ?? "" };
  } catch (thrown) {
    return { code: null, stdout: "", stderr: "", why: String(thrown) };
  }
}

async function said([program, ...args]: Command, place: string, url: string): Promise<unknown> {
  const env = { BASE_URL: `${url}/v1` };
  const end = await finishedProcess(program, args, { cwd: place, env });
  assert.equal(end.code, 0, end.stderr);
  return JSON.parse(end.stdout);
}

const hello = "This is the agproxy sandbox, no model behind it. You said: Say hello";

/** That a client has read a chat, a streamed chat, a tool call and the answer to its result. */
export function assertUnderstood(said: unknown): void {
  assert.deepEqual(said, {
    chat: hello,
    streamed: hello,
    name: "get_weather",
    arguments: { city: "Paris" },
    answer: `This is the agproxy sandbox, no model behind it. get_weather returned: {"result":"21 degrees"}`,
  });
}

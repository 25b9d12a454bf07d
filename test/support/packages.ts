import assert from "node:assert/strict";
import { glob, rm } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { finishedProcess, type FinishedProcess } from "./child-process.ts";
import { repository } from "./repository.ts";

/** One package of the repository, as it would be published. */
export interface PackedPackage {
  readonly name: string;
  readonly tarball: string;
  /** What is in it. */
  readonly files: readonly string[];
}

/** Builds every package from nothing and packs each into `destination`. */
export async function packAll(destination: string): Promise<readonly PackedPackage[]> {
  const built = glob(
    ["dist", "*.tsbuildinfo", "core/{dist,*.tsbuildinfo}", "plugins/*/{dist,*.tsbuildinfo}"],
    {
      cwd: repository,
    },
  );
  for await (const path of built) await rm(join(repository, path), { recursive: true });
  const build = await npm(["run", "build"], repository);
  assert.equal(build.code, 0, build.stdout + build.stderr);
  const args = [
    "pack",
    "--workspaces",
    "--include-workspace-root",
    "--json",
    // They are built, and what a package's own scripts print is no JSON.
    "--ignore-scripts",
    "--pack-destination",
    destination,
  ];
  const packed = await npm(args, repository);
  assert.equal(packed.code, 0, packed.stderr);
  const list = JSON.parse(packed.stdout) as unknown;
  const entries = Object.values(list as Readonly<Record<string, NpmPackage>>);
  return entries.map(({ name, filename, files }) => ({
    name,
    tarball: join(destination, filename.replace("@", "").replace("/", "-")),
    files: files.map(({ path }) => path),
  }));
}

/** An entry of `npm pack --json`. */
interface NpmPackage {
  readonly name: string;
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** Runs npm on the Node of the tests, without what an npm that runs the tests has told them. */
export function npm(
  args: readonly string[],
  cwd: string,
  program: "npm" | "npx" = "npm",
): Promise<FinishedProcess> {
  return finishedProcess(program, args, { cwd, env: npmEnvironment() });
}

/** What an npm needs to know that is started by an npm and must not take after it. */
export function npmEnvironment(): Readonly<Record<string, string | undefined>> {
  const told = Object.keys(process.env).filter((name) => /^npm_/i.test(name) && !access.test(name));
  return {
    ...Object.fromEntries(told.map((name) => [name, undefined])),
    PATH: [dirname(process.execPath), process.env["PATH"]].join(delimiter),
  };
}

/** How this machine gets at packages; all else that npm has told would lead it back to the repository. */
const access = /^npm_config_(?:registry|cache|userconfig|proxy|https_proxy|noproxy|cafile)$/i;

/** Why npm could not install, where the reason is the registry and not the package; undefined otherwise. */
export function unreachable({ stderr }: FinishedProcess): string | undefined {
  return /^npm (?:error|ERR!) .*\b(?:ENOTFOUND|EAI_AGAIN|ECONN\w+|E?TIMEDOUT|ENOTCACHED|ENETUNREACH)\b.*/m.exec(
    stderr,
  )?.[0];
}

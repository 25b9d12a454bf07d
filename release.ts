/**
 * Builds and packs every package, looks for faults, and publishes them: `npm run release -- --dry-run` does all but the last. Tests
 * are not run here: `npm test` comes first.
 */
import { execFileSync } from "node:child_process";
import { glob, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { contentFaults, manifestFaults, typeFaults } from "./test/support/package-faults.ts";
import { packAll, type PackedPackage } from "./test/support/packages.ts";
import {
  changelogFaults,
  inOrder,
  type Manifest,
  readWorkspaces,
  versionFaults,
} from "./test/support/release-state.ts";

const root = import.meta.dirname;
const { values } = parseArgs({ options: { "dry-run": { type: "boolean", default: false } } });

const folders = await Array.fromAsync(glob("{core,plugins/*}/package.json", { cwd: root }));
const workspaces = inOrder(
  await readWorkspaces(root, ["", ...folders.map((file) => dirname(file))]),
);
const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as Manifest;
const place = await mkdtemp(join(tmpdir(), "agproxy-release-"));
try {
  await release();
} finally {
  await rm(place, { recursive: true });
}

async function release(): Promise<void> {
  const { packages: locked } = JSON.parse(
    await readFile(join(root, "package-lock.json"), "utf8"),
  ) as { readonly packages: Readonly<Record<string, Partial<Manifest>>> };
  report("versions, licences and ranges fit", versionFaults(workspaces, locked));
  const packages = await packAll(place);
  report(`${packages.length} packages are built and packed`, []);
  report("each has what it needs and nothing else", await faultsOf(packages, contentFaults));
  report("publint finds nothing", await faultsOf(packages, manifestFaults));
  report("arethetypeswrong finds nothing", await faultsOf(packages, typeFaults));
  const changelog = changelogFaults(await readFile(join(root, "CHANGELOG.md"), "utf8"), version);
  const changes = git("status", "--porcelain").split("\n").filter(Boolean);
  const open = [...changelog, ...changes.map((line) => `not committed: ${line}`)];
  if (values["dry-run"]) print(open.map((line) => `  before the release: ${line}`).join("\n"));
  else report(`everything is committed, and ${version} is in the changelog`, open);
  if (process.exitCode === 1) return print("Nothing is published.");
  for (const { manifest } of workspaces) await publish(manifest.name, packages);
  print(values["dry-run"] ? "Nothing is published: a dry run." : `Now: git tag v${version}`);
}

async function faultsOf(
  packages: readonly PackedPackage[],
  look: (packed: PackedPackage) => readonly string[] | Promise<readonly string[]>,
): Promise<readonly string[]> {
  const faults = [];
  for (const packed of packages) {
    faults.push((await look(packed)).map((fault) => `${packed.name}: ${fault}`));
  }
  return faults.flat();
}

function report(good: string, faults: readonly string[]): void {
  if (faults.length > 0) process.exitCode = 1;
  print(faults.length === 0 ? `✓ ${good}` : faults.map((fault) => `✗ ${fault}`).join("\n"));
}

async function publish(name: string, packages: readonly PackedPackage[]): Promise<void> {
  const packed = packages.find((each) => each.name === name);
  if (packed === undefined) throw new Error(`${name} is not packed.`);
  const { size } = await stat(packed.tarball);
  print(`  ${name} ${version}, ${Math.ceil(size / 1024)} KiB, ${packed.files.length} files`);
  if (values["dry-run"]) return;
  execFileSync("npm", ["publish", packed.tarball, "--access", "public"], { stdio: "inherit" });
}

function git(...args: readonly string[]): string {
  return execFileSync("git", args, { cwd: root, encoding: "utf8" });
}

function print(text: string): void {
  if (text !== "") process.stdout.write(`${text}\n`);
}

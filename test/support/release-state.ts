/** Whether the repository is in the state that a version can be published from. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";

/** What the release reads of a package.json. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** One package that is published, and where its sources are. */
export interface Workspace {
  /** From the root; empty for the root itself. */
  readonly folder: string;
  readonly manifest: Manifest;
}

const isOurs = (name: string) => name === "agproxy" || name.startsWith("@agproxy/");

/** Versions that do not fit together. All packages have one version; they depend on it exactly, and as peers on `^` of it. */
export function versionFaults(
  workspaces: readonly Workspace[],
  locked: Readonly<Record<string, Partial<Manifest>>>,
): readonly string[] {
  const version = workspaces.find(({ folder }) => folder === "")?.manifest.version ?? "";
  return workspaces.flatMap(({ folder, manifest }) => {
    const { name, license, dependencies = {}, peerDependencies = {} } = manifest;
    const wrong = (group: Readonly<Record<string, string>>, wanted: string) =>
      Object.entries(group)
        .filter(([other, range]) => isOurs(other) && range !== wanted)
        .map(([other, range]) => `${name} wants ${other} ${range}, not ${wanted}`);
    const lock = locked[folder];
    const isLocked =
      lock?.version === manifest.version &&
      isDeepStrictEqual(lock.dependencies ?? {}, dependencies) &&
      isDeepStrictEqual(lock.peerDependencies ?? {}, peerDependencies);
    return [
      ...(manifest.version === version ? [] : [`${name} is ${manifest.version}, not ${version}`]),
      ...(license === "MIT" ? [] : [`${name} has no licence`]),
      ...wrong(dependencies, version),
      ...wrong(peerDependencies, `^${version}`),
      ...(isLocked ? [] : [`package-lock.json is behind ${name}: run npm install`]),
    ];
  });
}

/** What the changelog lacks. Its first section is the version that is released, with its day. */
export function changelogFaults(changelog: string, version: string): readonly string[] {
  const [, section = "", day = ""] = /^## (\S+?)(?:, (.*))?$/m.exec(changelog) ?? [];
  if (section !== version) {
    return [`CHANGELOG.md begins with ${section || "nothing"} and not with ${version}`];
  }
  const isDated = /^\d{4}-\d\d-\d\d$/.test(day);
  return isDated ? [] : [`CHANGELOG.md says "${day}": write "## ${version}, YYYY-MM-DD"`];
}

/** The packages, each after those that it depends on: nobody can install one before the others are there. */
export function inOrder(workspaces: readonly Workspace[]): readonly Workspace[] {
  const left = new Map(workspaces.map((workspace) => [workspace.manifest.name, workspace]));
  const sorted: Workspace[] = [];
  while (left.size > 0) {
    const next = left
      .values()
      .find(({ manifest: { dependencies = {}, peerDependencies = {} } }) =>
        [dependencies, peerDependencies].every(
          (group) => !Object.keys(group).some((name) => left.has(name)),
        ),
      );
    if (next === undefined) throw new Error(`${[...left.keys()].join(", ")} need one another.`);
    sorted.push(next);
    left.delete(next.manifest.name);
  }
  return sorted;
}

/** Reads the packages of a repository. */
export async function readWorkspaces(
  root: string,
  folders: readonly string[],
): Promise<readonly Workspace[]> {
  return Promise.all(
    folders.map(async (folder) => {
      const text = await readFile(join(root, folder, "package.json"), "utf8");
      return { folder, manifest: JSON.parse(text) as Manifest };
    }),
  );
}

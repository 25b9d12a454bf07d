/** The promise: what is installed is what the lock file says, and a list tells all of it. */
import assert from "node:assert/strict";
import { glob, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { finishedProcess } from "../support/child-process.ts";
import { at } from "../support/json-path.ts";
import { repository } from "../support/repository.ts";

interface LockEntry {
  readonly name?: string;
  readonly version: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly optional?: boolean;
  readonly hasInstallScript?: boolean;
}

const read = (path: string) => readFile(join(repository, path), "utf8");
const { packages } = JSON.parse(await read("package-lock.json")) as {
  readonly packages: Readonly<Record<string, LockEntry>>;
};
/** What a user installs, as the lock file marks it. */
const production = Object.entries(packages).filter(
  ([path, { link, dev, devOptional, optional }]) =>
    path.includes("node_modules/") && !(link ?? dev ?? devOptional ?? optional),
);

test("every production package has a SHA-512 of its content, and comes from the registry", () => {
  assert.ok(production.length > 50);
  for (const [path, { integrity = "", resolved }] of production) {
    assert.match(integrity, /^sha512-[\w+/]{86}==$/, path);
    // Without an address it is the registry's own; a package from elsewhere has one.
    if (resolved !== undefined) assert.match(resolved, /^https:\/\/registry\.npmjs\.org\//, path);
  }
});

test("no production package runs a script when it is installed", () => {
  const scripted = production.filter(([, { hasInstallScript }]) => hasInstallScript === true);
  assert.deepEqual(scripted, []);
});

test("the bill of materials lists every production package, with its digest and licence, and none of the tests'", async () => {
  const { code, stdout, stderr } = await finishedProcess(process.execPath, ["sbom.ts"], {
    cwd: repository,
  });
  assert.equal(code, 0, stderr);
  const bom: unknown = JSON.parse(stdout);
  assert.equal(at(bom, "bomFormat"), "CycloneDX");
  assert.equal(at(bom, "metadata", "component", "name"), "agproxy");
  const components = at(bom, "components");
  assert.ok(Array.isArray(components));
  const listed = components.map((component: unknown) => String(at(component, "bom-ref")));
  const foreign = listed.filter((ref) => !ref.startsWith("@agproxy/"));
  const expected = production.map(
    ([path, { name, version }]) => `${name ?? path.replace(/^.*node_modules\//, "")}@${version}`,
  );
  assert.deepEqual(new Set(foreign), new Set(expected));
  for (const component of components as readonly unknown[]) {
    const ref = String(at(component, "bom-ref"));
    assert.ok(Array.isArray(at(component, "licenses")), ref);
    if (ref.startsWith("@agproxy/")) continue;
    assert.equal(at(component, "hashes", 0, "alg"), "SHA-512", ref);
  }
  const workspaces = listed.filter((ref) => ref.startsWith("@agproxy/"));
  assert.ok(workspaces.some((ref) => ref.startsWith("@agproxy/core@")));
  assert.ok(!stdout.includes(repository.replace(/\/$/, "")));
});

test("every package carries the licence and a README", async () => {
  const licence = await read("LICENSE");
  const manifests = await Array.fromAsync(
    glob(["package.json", "core/package.json", "plugins/*/package.json"], { cwd: repository }),
  );
  assert.ok(manifests.length > 10);
  for (const manifest of manifests) {
    assert.equal(await read(join(dirname(manifest), "LICENSE")), licence, manifest);
    assert.ok((await read(join(dirname(manifest), "README.md"))).length > 200, manifest);
  }
});

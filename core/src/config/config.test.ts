import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { loadConfig } from "./config.ts";

const root = await mkdtemp(join(tmpdir(), "agproxy-test-"));
const home = join(root, "home");
const started = process.cwd();
process.env["HOME"] = home;
process.env["XDG_CONFIG_HOME"] = join(home, ".config");
after(async () => {
  process.chdir(started);
  await rm(root, { recursive: true, force: true });
});

const endings = ["", ".json", ".yaml", ".yml", ".js", ".ts", ".mts", ".cts", ".cjs", ".mjs"];
/** Where cosmiconfig looks, for its own settings and for those of a program named agproxy. */
const places = [
  "package.json",
  "package.yaml",
  ...endings.flatMap((ending) => [
    `.config/config${ending}`,
    `.config/agproxyrc${ending}`,
    `.config/agproxy.config${ending}`,
    `.agproxyrc${ending}`,
    `agproxy.config${ending}`,
  ]),
];
const homePlaces = endings.flatMap((ending) => [
  `.agproxyrc${ending}`,
  `.config/agproxy/config${ending}`,
  `.config/agproxy.config${ending}`,
]);

const ran = join(root, "ran");
const canaries: Readonly<Record<string, string>> = {
  // CommonJS and a module at once. What is run leaves a file; what is parsed is an error.
  code: `process.getBuiltinModule("node:fs").mkdirSync(${JSON.stringify(ran)}, { recursive: true });`,
  unreadable: "{ [ not: readable",
  manifest: JSON.stringify({
    name: "canary",
    type: "commonjs",
    cosmiconfig: { searchPlaces: ["trap.js"] },
    agproxy: { plugins: ["trap"] },
  }),
};

function canary(place: string): string {
  if (place === "package.json") return canaries["manifest"] ?? "";
  return (/\.[cm]?[jt]s$/.test(place) ? canaries["code"] : canaries["unreadable"]) ?? "";
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

const own = join(root, "own", "mine.json");
await write(own, '{ "port": 7, "plugins": [] }');

async function assertOnlyOwn(directory: string): Promise<void> {
  const config = await loadConfig({ file: own, directory, overrides: {} });
  assert.equal(config.server.port, 7);
  assert.ok(!(await readdir(root)).includes("ran"), "something else was run");
}

for (const place of places) {
  test(`${place} of the working directory is neither read nor run for another config`, async () => {
    const directory = join(root, "work", place.replaceAll("/", "-"));
    await write(join(directory, place), canary(place));
    process.chdir(directory);
    await assertOnlyOwn(directory);
  });
}

test("nothing of the home folder or of the folders above is read or run", async () => {
  for (const place of homePlaces) await write(join(home, place), canary(place));
  for (const place of places) await write(join(root, "above", place), canary(place));
  const directory = join(root, "above", "inner");
  await mkdir(directory, { recursive: true });
  process.chdir(directory);
  await assertOnlyOwn(directory);
  const search = loadConfig({ directory, overrides: {} });
  await assert.rejects(search, /There is no agproxy\.config\.ts/);
});

test("beside the config that is found, nothing is read or run", async () => {
  const directory = join(root, "found");
  for (const place of places) {
    if (!place.startsWith("agproxy.config")) await write(join(directory, place), canary(place));
  }
  await write(join(directory, "agproxy.config.yaml"), "port: 8\nplugins: []\n");
  process.chdir(directory);
  const { server } = await loadConfig({ directory, overrides: {} });
  assert.equal(server.port, 8);
  assert.ok(!(await readdir(root)).includes("ran"));
});

test("a config that imports another one is told that it cannot", async () => {
  const directory = join(root, "imports");
  await write(join(directory, "other.js"), canary("other.js"));
  await write(join(directory, "agproxy.config.yaml"), "$import: other.js\nplugins: []\n");
  await assert.rejects(loadConfig({ directory, overrides: {} }), /\$import: there is no such/);
  assert.ok(!(await readdir(root)).includes("ran"));
});

test("a file of a kind that is no config is refused by its ending", async () => {
  const file = join(root, "kind", "agproxy.config.toml");
  await write(file, "port = 8");
  const load = loadConfig({ file, directory: root, overrides: {} });
  await assert.rejects(load, /agproxy\.config\.toml ends in \.toml, and agproxy reads \.mjs/);
});

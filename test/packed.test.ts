/** What would be published works: packed, installed into an empty folder, started with only a config file. */
import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { startAgproxy } from "./support/agproxy-process.ts";
import { finishedProcess } from "./support/child-process.ts";
import { folder, type Folder } from "./support/folder.ts";
import { at } from "./support/json-path.ts";
import { contentFaults, manifestFaults, template, typeFaults } from "./support/package-faults.ts";
import { npm, packAll, unreachable } from "./support/packages.ts";
import { repository } from "./support/repository.ts";

const place = await folder();
after(() => place[Symbol.asyncDispose]());
const packages = await packAll(place.path);

/** With spaces and letters beyond ASCII in its path. */
const strangeFolder = (files?: Readonly<Record<string, string>>) => folder(files, "agproxy tést ");

/** A folder in which someone has installed the packages, and nothing else. */
async function install(): Promise<Folder | { readonly missing: string }> {
  const home = await strangeFolder();
  const tarballs = packages.map(({ tarball }) => tarball);
  const flags = ["--prefer-offline", "--no-audit", "--no-fund", "--fetch-retries=0"];
  const end = await npm(["install", ...flags, ...tarballs], home.path);
  if (end.code === 0) return home;
  const missing = unreachable(end);
  assert.ok(missing !== undefined, end.stderr);
  return { missing };
}

const installed = await install();
const skip = "missing" in installed ? `npm cannot reach its registry: ${installed.missing}` : false;
const home = "missing" in installed ? "" : installed.path;
after(() => ("missing" in installed ? undefined : installed[Symbol.asyncDispose]()));

/** The command of the installed package. PATH leads to the Node of the tests. */
const command = [process.execPath, join(home, "node_modules/.bin/agproxy")] as const;

const hello = { model: "gpt-4o", messages: [{ role: "user", content: "Say hello" }] };

async function assertServes(url: string): Promise<void> {
  const health: unknown = await (await fetch(`${url}/healthz`)).json();
  const manifest: unknown = JSON.parse(
    await readFile(join(repository, "core/package.json"), "utf8"),
  );
  assert.deepEqual(health, { status: "ok", version: at(manifest, "version") });
  for (const stream of [false, true]) {
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ...hello, stream }),
    });
    const body = await response.text();
    assert.equal(response.status, 200, body);
    assert.match(body, stream ? /data: \[DONE\]\n\n$/ : /You said: Say hello/);
  }
}

test("every package is packed: what people install, core and all plugins", () => {
  const names = packages.map(({ name }) => name);
  for (const name of ["agproxy", "@agproxy/core", "@agproxy/plugin-openai"]) {
    assert.ok(names.includes(name), names.join());
  }
});

for (const packed of packages) {
  const { name, tarball } = packed;
  test(`${name} carries what it needs and nothing else`, () => {
    assert.deepEqual(contentFaults(packed), []);
  });

  test(`no file of ${name} tells about the machine that built it`, async () => {
    const { code, stdout, stderr } = await finishedProcess("tar", ["-xOzf", tarball], {
      cwd: place.path,
    });
    assert.equal(code, 0, stderr);
    for (const own of [repository, place.path, homedir()]) {
      // In a container the home folder may be the root.
      if (own.length > 1) assert.ok(!stdout.includes(own.replace(/\/$/, "")), own);
    }
    assert.doesNotMatch(stdout, /(?<![\w.])\/(?:home|Users)\/(?!you\b|user\b|me\b)\w+\//);
    assert.doesNotMatch(stdout, /sourceMappingURL/);
  });

  test(`publint and arethetypeswrong find nothing wrong with ${name}`, async () => {
    assert.deepEqual(await manifestFaults(packed), []);
    assert.deepEqual(await typeFaults(packed), []);
  });
}

test("`npm run release -- --dry-run` finds nothing wrong, and publishes nothing", async () => {
  const end = await npm(["run", "release", "--", "--dry-run"], repository);
  assert.equal(end.code, 0, end.stdout + end.stderr);
  assert.doesNotMatch(end.stdout, /✗/);
  const published = [...end.stdout.matchAll(/^ {2}(\S+) \d+\.\d+\.\d+, \d+ KiB/gm)].map(
    ([, name]) => name,
  );
  assert.deepEqual(new Set(published), new Set(packages.map(({ name }) => name)));
  assert.equal(published.at(0), "@agproxy/core");
  assert.equal(published.at(-1), "agproxy");
  assert.match(end.stdout, /Nothing is published: a dry run\.\n$/);
});

test("`npx agproxy init` and `npx agproxy start` serve", { skip }, async () => {
  const npx = await npm(["exec", "--offline", "--", "agproxy", "init"], home);
  assert.equal(npx.code, 0, npx.stderr);
  const file = join(home, "agproxy.config.ts");
  assert.match(npx.stdout, /^Wrote .*agproxy\.config\.ts/m);
  const written = await readFile(file, "utf8");
  assert.match(written, /plugins: defaults\(/);
  await using gateway = await startAgproxy({ cwd: home, command: [...command] });
  assert.match(gateway.banner, /sandbox/i);
  await assertServes(gateway.url);
  gateway.signal("SIGTERM");
  const { code, stderr } = await gateway.finished;
  assert.equal(code, 0);
  assert.equal(stderr, gateway.banner, "no warnings");
});

test("the first lines of the README work in an empty folder", { skip }, async () => {
  assert.ok(!("missing" in installed));
  const readme = await readFile(join(home, "node_modules/agproxy/README.md"), "utf8");
  const blocks = [...readme.matchAll(/^```console\n(?<lines>[^]*?)^```$/gm)].slice(0, 2);
  const [start = [], ask = []] = blocks.map(({ groups }) =>
    [...(groups?.["lines"] ?? "").matchAll(/^\$ (?<line>(?:.*\\\n)*.*)$/gm)].map(
      ([, line = ""]) => line,
    ),
  );
  assert.deepEqual(start, ["npx agproxy start"]);
  await installed.write("empty/.keep", "");
  await using gateway = await startAgproxy({
    cwd: join(home, "empty"),
    command: [...command],
  });
  assert.equal(ask.length, 1);
  const line = ask.join("").replace("http://127.0.0.1:8045", gateway.url);
  const end = await finishedProcess("sh", ["-c", line], { cwd: home });
  assert.match(end.stdout, /"content":"This"[^]*data: \[DONE\]\n\n$/, end.stderr);
});

const typescript = `import { defaults, defineConfig } from "agproxy";
import { rotation } from "@agproxy/plugin-rotation";
const attempts: number = 2;
export default defineConfig({ plugins: defaults({ rotation: rotation({ attempts }) }) });
`;

/** What people have in a folder: nothing, each kind of config, and a package.json as npm's own `npm init` writes it. */
const folders: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "nothing at all": {},
  "a .ts config": { "agproxy.config.ts": typescript },
  "a .ts config in a package of type commonjs": {
    "package.json": '{ "type": "commonjs" }',
    "agproxy.config.ts": typescript,
  },
  "a .js config in a package of type commonjs": {
    "package.json": '{ "type": "commonjs" }',
    "agproxy.config.js": typescript.replace(": number", ""),
  },
  "a JSON config": { "agproxy.config.json": '{ "plugins": { "preset": "default" } }' },
  "a YAML config": { "agproxy.config.yaml": "plugins: [openai, model-mapping, sandbox]\n" },
};

/** Starts an installed command in each of the folders, below `parent`, and gets a streamed answer. */
async function assertServesFolders(program: string, parent: Folder): Promise<void> {
  for (const [name, files] of Object.entries(folders)) {
    const path = `ä folder with ${name}`;
    await parent.write(`${path}/.keep`, "");
    for (const [file, text] of Object.entries(files)) await parent.write(`${path}/${file}`, text);
    await using gateway = await startAgproxy({
      cwd: join(parent.path, path),
      command: [process.execPath, program],
    });
    await assertServes(gateway.url);
    gateway.signal("SIGTERM");
    const { code, stderr } = await gateway.finished;
    assert.deepEqual([code, stderr], [0, gateway.banner], name);
  }
}

test("as npx has it: in a folder elsewhere, whatever is in it", { skip }, async () => {
  await using elsewhere = await folder();
  await assertServesFolders(command[1], elsewhere);
});

test("installed in the folder by npm, whatever is in it", { skip }, async () => {
  assert.ok(!("missing" in installed));
  await assertServesFolders(command[1], installed);
});

test("installed globally by npm", { skip }, async () => {
  await using prefix = await strangeFolder();
  const tarballs = packages.map(({ tarball }) => tarball);
  const flags = ["--prefer-offline", "--no-audit", "--no-fund", "--prefix", prefix.path];
  const end = await npm(["install", "--global", ...flags, ...tarballs], prefix.path);
  assert.equal(end.code, 0, end.stderr);
  await using elsewhere = await folder();
  await assertServesFolders(join(prefix.path, "bin/agproxy"), elsewhere);
  const inside = join(home, "inside");
  await mkdir(inside);
  await using gateway = await startAgproxy({
    cwd: inside,
    command: [process.execPath, join(prefix.path, "bin/agproxy")],
  });
  await assertServes(gateway.url);
});

test("installed by pnpm, which shows a package only what it depends on", async (context) => {
  const overrides = Object.fromEntries(
    packages.map(({ name, tarball }) => [name, `file:${tarball}`]),
  );
  await using place = await strangeFolder({
    "package.json": JSON.stringify({
      type: "commonjs",
      dependencies: { agproxy: overrides["agproxy"] },
      pnpm: { overrides },
    }),
  });
  const flags = ["--store-dir", join(place.path, ".store"), "--config.fetch-retries=0"];
  const end = await npm(["--yes", "pnpm@10.34.9", "install", ...flags], place.path, "npx");
  if (end.code !== 0) {
    const missing = unreachable(end) ?? /\bERR_PNPM_META_FETCH_FAIL\b.*/.exec(end.stdout)?.[0];
    assert.ok(missing !== undefined, end.stdout + end.stderr);
    return context.skip(`pnpm cannot reach its registry: ${missing}`);
  }
  const program = join(place.path, "node_modules/agproxy/bin/agproxy.js");
  await assertServesFolders(program, place);
});

test("installed by yarn with its node-modules linker", async (context) => {
  const resolutions = Object.fromEntries(
    packages.map(({ name, tarball }) => [name, `file:${tarball}`]),
  );
  const { stdout: registry } = await npm(["config", "get", "registry"], tmpdir());
  const settings = {
    nodeLinker: "node-modules",
    npmRegistryServer: registry.trim(),
    enableGlobalCache: false,
    enableImmutableInstalls: false,
    enableTelemetry: false,
    httpRetry: 0,
  };
  await using place = await strangeFolder({
    "package.json": JSON.stringify({
      dependencies: { agproxy: resolutions["agproxy"] },
      resolutions,
    }),
    // Without it, yarn takes a folder above for the project's.
    "yarn.lock": "",
    ".yarnrc.yml": JSON.stringify(settings),
  });
  const end = await npm(["--yes", "@yarnpkg/cli-dist@4.18.1", "install"], place.path, "npx");
  if (end.code !== 0) {
    const missing =
      unreachable(end) ??
      /\b(?:ENOTFOUND|EAI_AGAIN|ECONN\w+|E?TIMEDOUT)\b.*|RequestError: .*certificate.*/.exec(
        end.stdout,
      )?.[0];
    assert.ok(missing !== undefined, end.stdout + end.stderr);
    return context.skip(`yarn cannot reach its registry: ${missing}`);
  }
  await assertServesFolders(join(place.path, "node_modules/agproxy/bin/agproxy.js"), place);
});

test("a JSON config with plugins by name serves", { skip }, async () => {
  const names = ["guard", "auth", "openai", "responses", "model-mapping", "rotation"];
  const plugins = [
    ...names.map((name) => `@agproxy/plugin-${name}`),
    ["@agproxy/plugin-sandbox", { accounts: 1, paceMs: 0 }],
  ];
  assert.ok(!("missing" in installed));
  await installed.write("json/agproxy.config.json", JSON.stringify({ plugins }));
  await using gateway = await startAgproxy({ cwd: join(home, "json"), command: [...command] });
  await assertServes(gateway.url);
});

test("the dashboard brings its page with it, built", { skip }, async () => {
  assert.ok(!("missing" in installed));
  await installed.write(
    "page/agproxy.config.json",
    JSON.stringify({ plugins: [["dashboard", { key: "a-key-for-this-test" }]] }),
  );
  await using gateway = await startAgproxy({ cwd: join(home, "page"), command: [...command] });
  const page = await (await fetch(`${gateway.url}/dashboard`)).text();
  const files = [...page.matchAll(/(?:src|href)="(?<path>[^"]+)"/g)];
  assert.equal(files.length, 3);
  for (const { groups } of files) {
    const file = await fetch(`${gateway.url}/${groups?.["path"]}`);
    assert.equal(file.status, 200);
    assert.ok((await file.text()).length > 200);
  }
});

/** Each makes a plugin outside the repository; returns its folder and its factory. */
const newPlugins = {
  "a plugin of `agproxy create-plugin`": async (place: Folder) => {
    const [node, ...before] = command;
    const args = [...before, "create-plugin", "my-notes"];
    const end = await finishedProcess(node, args, { cwd: place.path });
    assert.equal(end.code, 0, end.stderr);
    return ["agproxy-plugin-my-notes", "myNotes"];
  },
  "a copy of plugins/hello": async (place: Folder) => {
    for (const path of template) {
      const text = await readFile(join(repository, "plugins/hello", path), "utf8");
      await place.write(`hello/${path}`, text);
    }
    return ["hello", "hello"];
  },
} as const;

for (const [title, make] of Object.entries(newPlugins)) {
  test(`${title} builds, tests, publishes and serves`, { skip }, async () => {
    await using place = await folder();
    const [name = "", factory = ""] = await make(place);
    const cwd = join(place.path, name);
    const done = async (...args: readonly string[]) => {
      const end = await npm(args, cwd);
      assert.equal(end.code, 0, end.stdout + end.stderr);
      return end.stdout;
    };
    const core = packages.find((one) => one.name === "@agproxy/core")?.tarball ?? "";
    await done("install", "--prefer-offline", "--no-audit", "--no-fund", "--no-save", core);
    assert.match(await done("test"), /pass 3\n.*fail 0\n/);
    await done("run", "types");
    const packed = JSON.parse(await done("pack", "--json", "--silent")) as PackList;
    const [{ filename, files }] = packed;
    const published = files.map(({ path }) => path).filter((path) => !isSource.test(path));
    assert.deepEqual(published, ["README.md", "dist/index.d.ts", "dist/index.js", "package.json"]);
    assert.equal(
      published.length === files.length,
      name !== "hello",
      "only hello carries its source",
    );
    const tarball = join(cwd, filename);
    assert.deepEqual(await manifestFaults({ name, tarball, files: published }), []);
    await place.write(
      "agproxy.config.ts",
      `import { defaults, defineConfig } from "agproxy";
      import { ${factory} } from "./${name}/dist/index.js";
      export default defineConfig({ plugins: [...defaults(), ${factory}({ greeting: "good night" })] });`,
    );
    await using gateway = await startAgproxy({ cwd: place.path, command: [...command] });
    await assertServes(gateway.url);
    gateway.signal("SIGTERM");
    const { stdout, stderr } = await gateway.finished;
    assert.match(stdout + stderr, /good night/);
  });
}

const isSource = /^(?:src\/|tsconfig\.json$)/;

/** What `npm pack --json` prints. */
type PackList = readonly [
  { readonly filename: string; readonly files: readonly { readonly path: string }[] },
];

test("the types of all packages resolve for a strict consumer", { skip }, async () => {
  assert.ok(!("missing" in installed));
  const plugins = packages
    .filter(({ name }) => name.startsWith("@agproxy/plugin-"))
    .map(({ name }) => name);
  const imports = plugins.map((name, index) => `import * as plugin${index} from "${name}";`);
  const source = `
${imports.join("\n")}
import { AgproxyError, defineConfig, definePlugin, mapEvents, type ChatEvent } from "agproxy";
import { scriptedUpstream, startGateway, textAnswer } from "agproxy/testing";
import { auth } from "@agproxy/plugin-auth";
import { openai } from "@agproxy/plugin-openai";
import { sandbox } from "@agproxy/plugin-sandbox";

export const all = [${plugins.map((_, index) => `plugin${index}`).join(", ")}];

const shout = definePlugin({
  name: "shout",
  apply({ hooks }) {
    hooks.resolveModel.tap("shout", (model) => model.toLowerCase());
    hooks.transformStream.tap("shout", (events) =>
      mapEvents(events, (event): ChatEvent =>
        event.type === "text" ? { ...event, text: event.text.toUpperCase() } : event,
      ),
    );
    // @ts-expect-error a model is a text: types that do not resolve would let this pass
    hooks.resolveModel.tap("shout", (model) => model * 2);
  },
});

export default defineConfig({ port: 0, plugins: [auth(), openai(), shout, sandbox({ accounts: 2 })] });

// @ts-expect-error there is no such mode
auth({ mode: "sometimes" });
// @ts-expect-error there is no such setting
defineConfig({ prot: 1, plugins: [] });

export async function tested(): Promise<string> {
  const upstream = scriptedUpstream(() => textAnswer("hi"));
  await using gateway = await startGateway({ plugins: [openai(), upstream.plugin] });
  return gateway.url + new AgproxyError("no_account").advice;
}
`;
  await installed.write("types/consumer.mts", source);
  const options = {
    module: "nodenext",
    target: "es2024",
    lib: ["es2024", "esnext.disposable"],
    strict: true,
    noEmit: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    types: ["node"],
    typeRoots: [join(repository, "node_modules/@types")],
  };
  await installed.write("types/tsconfig.json", JSON.stringify({ compilerOptions: options }));
  const tsc = join(repository, "node_modules/typescript/bin/tsc");
  const end = await finishedProcess(process.execPath, [tsc, "-p", "types"], { cwd: home });
  assert.equal(end.code, 0, end.stdout);
});

test("on a Node that cannot serve it says so in one sentence", async () => {
  const source = await readFile(join(repository, "bin/agproxy.js"), "utf8");
  await using old = await folder({
    "package.json": '{"type":"module"}',
    "old.js": `const [version] = process.argv.slice(2);
Object.defineProperty(process.versions, "node", { value: version });
Object.defineProperty(process, "version", { value: "v" + version });
await import("./agproxy.js");`,
    "agproxy.js": source,
  });
  for (const version of ["20.19.0", "22.20.0", "23.11.1", "24.8.0"]) {
    const end = await finishedProcess(process.execPath, ["old.js", version], { cwd: old.path });
    assert.equal(end.code, 1, version);
    const said = `agproxy needs Node 22.21, 24.9 or newer; this is v${version}. Run it `;
    assert.ok(end.stderr.startsWith(said) && /^.*\n$/.test(end.stderr), end.stderr);
  }
});

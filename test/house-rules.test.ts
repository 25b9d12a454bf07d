/** The rules of the house that no linter knows. */
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { test } from "node:test";
import { at } from "./support/json-path.ts";
import { repository } from "./support/repository.ts";

interface SourceFile {
  /** From the repository's root. */
  readonly path: string;
  readonly text: string;
  readonly isTest: boolean;
}

const read = (path: string) => readFile(join(repository, path), "utf8");

async function everyFile(folder: string): Promise<readonly string[]> {
  const entries = await readdir(join(repository, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(repository.length))
    .filter((path) => !/(^|\/)(node_modules|dist|\.git)\//.test(path))
    .toSorted();
}

async function sourceFiles(folder: string): Promise<readonly SourceFile[]> {
  const paths = (await everyFile(folder)).filter((path) => path.endsWith(".ts"));
  return Promise.all(
    paths.map(async (path) => ({
      path,
      text: await read(path),
      isTest: /\.test\.ts$|\/fixtures\//.test(path),
    })),
  );
}

const pluginNames = (await readdir(join(repository, "plugins"), { withFileTypes: true }))
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

const core = await sourceFiles("core/src");
const plugins = await sourceFiles("plugins");
const product = [...core, ...plugins, ...(await sourceFiles("src"))].filter(
  ({ isTest }) => !isTest,
);

/** The lines that say something: neither blank nor comment. */
function spokenLines(text: string): number {
  const code = text.replaceAll(/^\s*\/\*[^]*?\*\//gm, "").split("\n");
  return code.filter((line) => line.trim() !== "" && !line.trim().startsWith("//")).length;
}

test("there is something to look at", () => {
  assert.ok(core.length > 20 && plugins.length > 50 && pluginNames.length > 5);
});

/** Vendors, their models, headers and schemes; paths of their protocols; what only one plugin says. */
const foreignToCore = [
  /openai|gemini|gemma|claude|codex|anthropic|vertex|goog|chatgpt|\bgpt-|\bgs:/i,
  /chat\/completions|\/v1\/(?:models|responses|completions|embeddings|images|audio)\b/i,
  /guard plugin|(?:host|origin)_not_allowed|\[DONE\]/i,
];

test("core knows no vendor and none of their protocols, not even by a path, a model or a header", () => {
  const named = core.flatMap(({ path, text }) =>
    text
      .split("\n")
      .map((line, index) => `${path}:${index + 1}: ${line.trim()}`)
      .filter((line) => foreignToCore.some((words) => words.test(line))),
  );
  assert.deepEqual(named, []);
});

test("one file knows how an event stream is written, and how it is taken apart", () => {
  for (const { path, text } of product) {
    if (path === "core/src/kit/sse.ts") continue;
    // In a string or a pattern, at a line's beginning or its end: a `data:` URL is followed by a type.
    const parses =
      /["'`/^]data: ?(?:["'`$]|\\n)|["'`](?:event|id|retry): |(?:split|endsWith|indexOf)\(["'`/](?:\\n){2}/;
    for (const [index, line] of text.split("\n").entries()) {
      const speaks =
        parses.test(line) && !/;base64|url/i.test(line) && !path.startsWith("plugins/sandbox/");
      assert.ok(!speaks, `${path}:${index + 1}: ${line.trim()}`);
    }
  }
});

test("files are short", () => {
  const lengths = product.map(({ path, text }) => ({ path, lines: spokenLines(text) }));
  const long = lengths.filter(
    ({ path, lines }) => lines >= 200 && path !== "core/src/errors/error-catalogue.ts",
  );
  assert.deepEqual(long, []);
  const sorted = lengths.map(({ lines }) => lines).toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  assert.ok(median < 90, `the median is ${median} lines`);
});

test("files and folders are named in kebab-case, for what they hold", () => {
  const forbidden =
    /^(manager|service|helper|util|utils|common|handler|processor|base|data|info)s?$/;
  for (const { path } of [...core, ...plugins]) {
    for (const part of path.split("/")) {
      const name = part.replace(/((\.[a-z]+)?\.test)?\.ts$/, "");
      assert.match(name, /^[a-z0-9]+(-[a-z0-9]+)*$/, path);
      for (const word of name.split("-")) assert.doesNotMatch(word, forbidden, path);
    }
  }
});

const namesIn = (text: string, declaration: RegExp) =>
  [...text.matchAll(declaration)].map(({ groups }) => groups?.["name"] ?? "");

test("nothing is named with a word that says nothing", () => {
  const words = "Manager|Service|Helper|Utils?|Common|Handler|Processor|Base|Data|Info";
  const vague = new RegExp(`(?:^|[a-z0-9])(?:${words})(?![a-z])`);
  const alone = new RegExp(`^(?:${words})$`, "i");
  const types = /^(?:export )?(?:class|interface|type) (?<name>\w+)/gm;
  const values = /^(?:export )?(?:async )?(?:function\*?|const|let) (?<name>\w+)/gm;
  const found = product.flatMap(({ path, text }) =>
    [
      ...namesIn(text, types).filter((name) => vague.test(name)),
      ...namesIn(text, values).filter((name) => alone.test(name)),
    ].map((name) => `${path}: ${name}`),
  );
  assert.deepEqual(found, []);
});

/** Packages that plugins of one family import and no config names. */
const libraries: ReadonlySet<string> = new Set(["openai-wire"]);

/** Vendor families that share a translation; everything else meets only at hooks. */
const families: Readonly<Record<string, readonly string[]>> = {
  anthropic: ["openai-wire"],
  openai: ["openai-wire"],
  "openai-compatible": ["openai-wire"],
  responses: ["openai-wire"],
  audio: ["openai-wire"],
  images: ["openai-wire"],
  sandbox: ["gemini"],
  "cloud-code": ["gemini"],
  vertex: ["gemini"],
};

test("a plugin imports no other plugin", () => {
  for (const { path, text, isTest } of plugins) {
    if (isTest) continue;
    const own = path.split("/")[1] ?? "";
    const imported = [...text.matchAll(/from "(?<from>[^"]+)"|import\("(?<from2>[^"]+)"\)/g)];
    for (const { groups = {} } of imported) {
      const from = groups["from"] ?? groups["from2"] ?? "";
      const other = /^@agproxy\/plugin-(.+)$/.exec(from)?.[1];
      const allowed = other === undefined || families[own]?.includes(other) === true;
      assert.ok(allowed, `${path} imports ${from}`);
      const leaves = from.startsWith(".") && join(path, "..", from).split("/")[1] !== own;
      assert.ok(!leaves && !from.includes("core/src"), `${path} imports ${from}`);
    }
  }
});

test("the families are folders, and so are the libraries", () => {
  const named = [...Object.entries(families).flat(2), ...libraries];
  assert.deepEqual(
    named.filter((name) => !pluginNames.includes(name)),
    [],
  );
});

test("the linter keeps every plugin out of core's files: an override replaces what the one before it bans", async () => {
  const { overrides } = JSON.parse(await read(".oxlintrc.json")) as {
    readonly overrides: readonly {
      readonly files: readonly string[];
      readonly rules: Readonly<Record<string, unknown>>;
    }[];
  };
  const ofPlugins = overrides
    .filter(({ files }) => files.some((pattern) => pattern.startsWith("plugins/")))
    .flatMap(({ rules }) => rules["no-restricted-imports"] ?? []);
  const bans = ofPlugins.filter((ban) => ban !== "error").map((ban) => JSON.stringify(ban));
  assert.ok(bans.length > 1);
  for (const ban of bans) assert.match(ban, /"\*\*\/core\/src\/\*"/);
});

test("web pages can read every header of agproxy's own", async () => {
  const guard = await read("plugins/guard/src/request-check.ts");
  const set = product.flatMap(({ text }) =>
    namesIn(text.replaceAll(/^ *\*.*$/gm, ""), /\bset(?:Header)?\(\s*"(?<name>X-[\w-]+)"/g),
  );
  assert.ok(set.length > 4);
  // Proxies read this one.
  const told = set.filter((name) => name !== "X-Accel-Buffering");
  for (const name of told) assert.ok(guard.includes(`"${name}"`), name);
});

test("core imports no plugin", () => {
  for (const { path, text } of core) assert.doesNotMatch(text, /from "@agproxy\/plugin-/, path);
});

test("sources contain no way around the types or the linter", () => {
  const around =
    /\bas any\b(?! [a-z])|<any>|@ts-(?:ignore|expect-error|nocheck)|(?:oxlint|eslint)-disable/;
  const unfinished = /\b(?:TODO|FIXME|XXX|HACK)\b/;
  const found = [...core, ...plugins].flatMap(({ path, text }) =>
    [around, unfinished].flatMap((pattern) => {
      const match = pattern.exec(text)?.[0];
      return match === undefined ? [] : [`${path}: ${match}`];
    }),
  );
  assert.deepEqual(found, []);
});

test("no list is spread into push: a function takes some hundred thousand arguments", () => {
  const spreading = product.filter(({ text }) => /\bpush\(\.\.\./.test(text));
  assert.deepEqual(
    spreading.map(({ path }) => path),
    [],
  );
});

const camelCase = (name: string) =>
  name.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

for (const name of pluginNames) {
  test(`plugins/${name} is one name everywhere`, async () => {
    const manifest: unknown = JSON.parse(await read(`plugins/${name}/package.json`));
    assert.equal(at(manifest, "name"), `@agproxy/plugin-${name}`);
    const index = await read(`plugins/${name}/src/index.ts`);
    // A library has functions of its own names, and nothing to apply.
    if (libraries.has(name)) assert.doesNotMatch(index, /definePlugin/);
    else assert.match(index, new RegExp(`export (async )?function ${camelCase(name)}\\b`));
    const own = plugins.filter(
      ({ path, isTest }) => path.startsWith(`plugins/${name}/`) && !isTest,
    );
    const taps = own.flatMap(({ text }) =>
      [...text.matchAll(/hooks\.\w+\.tap\(\s*(?:\{\s*name:\s*)?"(?<tap>[^"]+)"/g)].map(
        ({ groups }) => groups?.["tap"],
      ),
    );
    for (const tap of taps) assert.equal(tap, name);
    const readme = await read(`plugins/${name}/README.md`);
    assert.ok(
      readme.startsWith(`# @agproxy/plugin-${name}\n`),
      "the README begins with the package's name",
    );
    assert.match(readme, /```ts\n/, "the README shows a config");
  });

  test(`plugins/${name} depends on exact versions, and on any core that it fits`, async () => {
    const manifest: unknown = JSON.parse(await read(`plugins/${name}/package.json`));
    assert.match(String(at(manifest, "peerDependencies", "@agproxy/core")), /^\^\d+\.\d+\.\d+$/);
    for (const group of ["dependencies", "devDependencies"]) {
      for (const [dependency, version] of Object.entries(at(manifest, group) ?? {})) {
        assert.match(String(version), /^\d+\.\d+\.\d+$/, `${group}: ${dependency}`);
      }
    }
    assert.equal(at(manifest, "license"), "MIT");
    assert.ok(at(manifest, "description"));
    assert.equal(at(manifest, "exports", ".", "@agproxy/source"), "./src/index.ts");
  });
}

test("the workspace and core depend on exact versions", async () => {
  for (const file of ["package.json", "core/package.json"]) {
    const manifest: unknown = JSON.parse(await read(file));
    for (const group of ["dependencies", "devDependencies", "peerDependencies"]) {
      for (const [dependency, version] of Object.entries(at(manifest, group) ?? {})) {
        assert.match(String(version), /^\d+\.\d+\.\d+$/, `${file}: ${dependency}`);
      }
    }
  }
});

test("the lockfile knows every platform's binaries, or `npm ci` refuses it", async () => {
  const { packages } = JSON.parse(await read("package-lock.json")) as {
    readonly packages: Readonly<
      Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>> }>
    >;
  };
  const wanted = Object.values(packages).flatMap(({ optionalDependencies = {} }) =>
    Object.keys(optionalDependencies),
  );
  assert.ok(wanted.length > 0);
  const missing = wanted.filter((name) => packages[`node_modules/${name}`] === undefined);
  assert.deepEqual(missing, []);
});

test("the lockfile names no registry but the public one", async () => {
  const lock = await read("package-lock.json");
  const hosts = new Set(
    [...lock.matchAll(/"resolved": "(https?:\/\/[^/"]+)/g)].map(([, host]) => host),
  );
  for (const host of hosts) assert.equal(host, "https://registry.npmjs.org");
});

test("no text names a folder of somebody's machine", async () => {
  const folders = ["core", "plugins", "docs", "test", ".ci"];
  const root = (await readdir(repository, { withFileTypes: true }))
    // In a worktree `.git` is a file that says where the repository lies.
    .filter((entry) => entry.isFile() && entry.name !== ".git")
    .map(({ name }) => name);
  const paths = [...root, ...(await Promise.all(folders.map(everyFile))).flat()];
  const own = basename(import.meta.filename);
  for (const path of paths) {
    if (basename(path) === own || /\.(png|jpg|gz|tgz|tsbuildinfo)$/.test(path)) continue;
    const text = await read(path);
    // `node` is the user of Node's image.
    const machine =
      /(?<![\w.])\/(?:work|root|home\/(?!you\b|user\b|me\b|node\b)\w+|Users\/\w+|tmp\/\w+)\//.exec(
        text,
      );
    assert.equal(machine, null, `${path}: ${machine?.[0]}`);
    assert.ok(!text.includes(repository) || repository === "/", path);
  }
});

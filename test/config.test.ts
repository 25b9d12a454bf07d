/** Config files: what is understood, and what is said about mistakes. */
import assert from "node:assert/strict";
import { chown, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { agproxy, startAgproxy } from "./support/agproxy-process.ts";
import { folder, installedFolder } from "./support/folder.ts";
import { at } from "./support/json-path.ts";
import { repository } from "./support/repository.ts";
import { officialPlugins } from "../src/defaults.ts";

/** `agproxy plugins` in a folder with just these files. */
async function plugins(files: Readonly<Record<string, string>>, ...args: readonly string[]) {
  await using place = await installedFolder(files);
  return await agproxy(["plugins", ...args], { cwd: place.path });
}

/** The names in the order in which the plugins act. */
function names(stdout: string): readonly string[] {
  return stdout.match(/(?<=^ +\d+ +)[\w-]+/gm) ?? [];
}

const typescript = `
import { defineConfig, definePlugin, type Plugin } from "agproxy";
import { modelMapping } from "@agproxy/plugin-model-mapping";
const mine: Plugin = definePlugin({ name: "mine", apply: () => {} });
export default defineConfig({ plugins: [mine, modelMapping({ rules: { a: "b" } })] satisfies Plugin[] });
`;
const javascript = `
import { modelMapping } from "@agproxy/plugin-model-mapping";
export default { plugins: [{ name: "mine", apply() {} }, modelMapping({ rules: { a: "b" } })] };
`;
const json = JSON.stringify({
  plugins: ["@agproxy/plugin-openai", ["@agproxy/plugin-model-mapping", { rules: { a: "b" } }]],
});
const yaml = `
# plugins by name, with options or without
plugins:
  - "@agproxy/plugin-openai"
  - ["@agproxy/plugin-model-mapping", { rules: { a: b } }]
`;

suite("what is understood", { concurrency: 2, timeout: 100_000 }, () => {
  const kinds = [
    ["agproxy.config.ts", typescript, ["mine", "model-mapping"]],
    ["agproxy.config.mts", typescript, ["mine", "model-mapping"]],
    ["agproxy.config.js", javascript, ["mine", "model-mapping"]],
    ["agproxy.config.mjs", javascript, ["mine", "model-mapping"]],
    ["agproxy.config.json", json, ["openai", "model-mapping"]],
    ["agproxy.config.yaml", yaml, ["openai", "model-mapping"]],
    ["agproxy.config.yml", yaml, ["openai", "model-mapping"]],
  ] as const;

  for (const [file, text, expected] of kinds) {
    test(file, async () => {
      const { code, stdout, stderr } = await plugins({ [file]: text });
      assert.equal(code, 0, stderr);
      assert.equal(stderr, "");
      assert.deepEqual(names(stdout), expected);
      assert.match(stdout, /1 own rule\b/, "the options arrive");
    });
  }

  test("--config names any file, also in another folder", async () => {
    await using place = await installedFolder({ "own/gateway.json": json });
    const args = ["plugins", "--config", "own/gateway.json"];
    const end = await agproxy(args, { cwd: place.path });
    assert.deepEqual(names(end.stdout), ["openai", "model-mapping"], end.stderr);
  });

  test("a plugin in a file beside the config, by its path", async () => {
    const { stdout, stderr } = await plugins({
      "agproxy.config.json": JSON.stringify({ plugins: ["./plugin-shout.js", "./whisper.js"] }),
      "plugin-shout.js": 'export const shout = () => ({ name: "shout", apply() {} });',
      "whisper.js": 'export default () => ({ name: "whisper", apply() {} });',
      "package.json": '{"type":"module"}',
    });
    assert.deepEqual(names(stdout), ["shout", "whisper"], stderr);
  });

  test("entries that are false or absent are left out", async () => {
    const { stdout, stderr } = await plugins({
      "agproxy.config.js": `
import { openai } from "@agproxy/plugin-openai";
export default { plugins: [process.env.NOT_SET && openai(), false, null, openai()] };`,
    });
    assert.deepEqual(names(stdout), ["openai"], stderr);
  });
});

suite("short names and the preset", { concurrency: 2, timeout: 100_000 }, () => {
  const everything =
    "guard auth openai responses anthropic gemini-native embeddings images audio files model-mapping media-fetch rotation gemini sandbox".split(
      " ",
    );

  test("a bare name is the official plugin, and never a package of that name", async () => {
    const { stdout, stderr } = await plugins({
      "agproxy.config.yaml": "plugins: [openai, [model-mapping, { rules: { a: b } }]]\n",
    });
    assert.deepEqual(names(stdout), ["openai", "model-mapping"], stderr);
    assert.match(stdout, /1 own rule\b/);
  });

  test("a package of somebody else goes by its full name", async () => {
    const place = await folder({
      "agproxy.config.json":
        '{ "plugins": ["agproxy-plugin-notes", ["@me/notes", { "as": "x" }]] }',
      "node_modules/agproxy-plugin-notes/package.json": '{ "exports": { "import": "./a.js" } }',
      "node_modules/agproxy-plugin-notes/a.js":
        'export const notes = () => ({ name: "notes", apply() {} });',
      "node_modules/@me/notes/index.js": "exports.notes = ({ as }) => ({ name: as, apply() {} });",
    });
    await using _place = place;
    const { stdout, stderr } = await agproxy(["plugins"], { cwd: place.path });
    assert.deepEqual(names(stdout), ["notes", "x"], stderr);
  });

  test("the preset in JSON: options and replacements by name, others after it", async () => {
    const { stdout, stderr } = await plugins({
      "agproxy.config.json": JSON.stringify({
        plugins: {
          preset: "default",
          audio: false,
          "model-mapping": { rules: { a: "b" } },
          "./shout.mjs": {},
        },
      }),
      "shout.mjs": 'export const shout = () => ({ name: "shout", apply() {} });',
    });
    const rest = everything.filter((name) => name !== "audio");
    assert.deepEqual(names(stdout), [...rest, "shout"], stderr);
    assert.match(stdout, /1 own rule\b/);
  });

  test("the preset in TypeScript, with a plugin of one's own in place of one", async () => {
    const { stdout, stderr } = await plugins({
      "agproxy.config.ts": `import { defaults, defineConfig, type Plugin } from "agproxy";
const mine: Plugin = { name: "mine", apply: () => {} };
export default defineConfig({ plugins: [...defaults({ rotation: mine }), false] });`,
    });
    const expected = everything.map((name) => (name === "rotation" ? "mine" : name));
    assert.deepEqual(names(stdout), expected, stderr);
  });

  test("no file at all is the preset", async () => {
    const { code, stdout, stderr } = await plugins({});
    assert.equal(code, 0, stderr);
    assert.deepEqual(names(stdout), everything);
  });
});

suite("any folder", { concurrency: 2, timeout: 100_000 }, () => {
  const module = `import { helper } from "./helper.ts";\n${typescript}\nhelper();`;
  const helper =
    'import { isObject } from "agproxy";\nexport const helper = (): boolean => isObject({});';
  const commonjs = `const { modelMapping } = require("@agproxy/plugin-model-mapping");
module.exports = { plugins: [{ name: "mine", apply() {} }, modelMapping({ rules: { a: "b" } })] };`;

  for (const type of ["commonjs", "module", undefined]) {
    for (const [file, text] of [
      ["agproxy.config.ts", module],
      ["agproxy.config.js", javascript],
      ["agproxy.config.mts", typescript],
      ...(type === "module" ? [] : [["agproxy.config.js", commonjs] as const]),
    ] as const) {
      const kind = text === commonjs ? "that is CommonJS" : "that is a module";
      test(`${file} ${kind} in a package of type ${type}, where nothing is installed`, async () => {
        await using place = await folder({
          [`a b/ä 漢/${file}`]: text,
          "a b/ä 漢/helper.ts": helper,
          "package.json": JSON.stringify({ type }),
        });
        const end = await agproxy(["plugins"], { cwd: join(place.path, "a b/ä 漢") });
        assert.deepEqual(names(end.stdout), ["mine", "model-mapping"], end.stderr);
        assert.equal(end.stderr, "");
      });
    }
  }

  test("JSON in a folder where nothing is installed", async () => {
    await using place = await folder({ "agproxy.config.json": json });
    const end = await agproxy(["plugins"], { cwd: place.path });
    assert.deepEqual(names(end.stdout), ["openai", "model-mapping"], end.stderr);
  });

  test("a plugin that the folder has itself wins, and the banner says so", async () => {
    const name = "@agproxy/plugin-rotation";
    await using place = await folder({
      "agproxy.config.json": '{ "plugins": { "preset": "default" } }',
      [`node_modules/${name}/package.json`]: JSON.stringify({ name, version: "9.8.7" }),
      [`node_modules/${name}/index.js`]:
        'exports.rotation = () => ({ name: "rotation", describe: () => "of my own", apply() {} });',
    });
    await using gateway = await startAgproxy({ cwd: place.path });
    assert.match(
      gateway.banner,
      /^packages  @agproxy\/plugin-rotation 9\.8\.7 of the config's folder$/m,
    );
    assert.match(gateway.banner, /rotation .*of my own/);
  });

  test("the agproxy that the folder has itself is run, and the other one says so", async () => {
    await using place = await folder({
      "node_modules/agproxy/package.json": JSON.stringify({
        version: "9.8.7",
        bin: { agproxy: "run.js" },
        exports: { "./package.json": "./package.json" },
      }),
      "node_modules/agproxy/run.js": 'console.log("local", process.argv.slice(2).join());',
    });
    const end = await agproxy(["start", "--port", "0"], { cwd: place.path });
    assert.equal(end.stdout, "local start,--port,0\n");
    assert.match(end.stderr, /^agproxy \d\S+ runs agproxy 9\.8\.7, which is in .*agproxy\n$/);
  });
});

const openai = 'import { openai } from "@agproxy/plugin-openai";\n';

/** A config file, and what must be said about it. */
const mistakes: readonly (readonly [
  what: string,
  file: string,
  text: string,
  ...says: RegExp[],
])[] = [
  [
    "an unknown key",
    "ts",
    "export default { prot: 1, plugins: [] };",
    /\bprot\b/,
    /Did you mean port\?/,
  ],
  [
    "a key in another case",
    "ts",
    "export default { Port: 1, plugins: [] };",
    /Did you mean port\?/,
  ],
  [
    "an unknown key inside another",
    "ts",
    "export default { timeouts: { conect: 1 }, plugins: [] };",
    /timeouts\.conect/,
    /Did you mean (?:timeouts\.)?connect\?/,
  ],
  [
    "a key like no other",
    "ts",
    "export default { colour: 1, plugins: [] };",
    /colour/,
    /There are: host, port/,
  ],
  [
    "a wrong type",
    "ts",
    'export default { allowLanAccess: "yes", plugins: [] };',
    /allowLanAccess: must be true or false.*\ballowLanAccess: true/,
  ],
  [
    "a port that is no number",
    "ts",
    "export default { port: true, plugins: [] };",
    /port: .*port: 8045/,
  ],
  [
    "a port beyond all ports",
    "json",
    '{ "port": 70000, "plugins": [] }',
    /port: .*65535.*port: 8045/,
  ],
  [
    "a word that is none of the known",
    "yaml",
    "logLevel: loud\nplugins: []\n",
    /logLevel: .*"info"/,
  ],
  [
    "a time that is no number",
    "ts",
    'export default { timeouts: { idle: "1s" }, plugins: [] };',
    /timeouts\.idle: .*milliseconds/,
  ],
  [
    "times that are a text",
    "ts",
    'export default { timeouts: "1s", plugins: [] };',
    /mistakes:\n {2}timeouts: must be an object[^\n]*\n\n/,
  ],
  [
    "several mistakes at once",
    "ts",
    'export default { drain: -1, bodyLimit: "1mb", plugins: [] };',
    /drain:[^]*bodyLimit:|bodyLimit:[^]*drain:/,
  ],
  ["an empty file", "ts", "", /is empty/],
  ["an empty JSON file", "json", "", /is empty/],
  ["an empty YAML file", "yaml", "# nothing yet\n", /is empty/],
  [
    "named exports only",
    "ts",
    "export const config = { plugins: [] };",
    /has no default export/,
    /export default defineConfig/,
  ],
  ["a default export that is no object", "ts", "export default 5;", /must export an object/],
  [
    "a function in place of the object",
    "ts",
    "export default () => ({ plugins: [] });",
    /must export an object/,
  ],
  ["no plugins", "ts", "export default {};", /plugins must be a list.*plugins: \[/],
  ["plugins that are no list", "ts", "export default { plugins: {} };", /plugins must be a list/],
  [
    "plugins that are no list, without their place and in the words of another language",
    "yaml",
    "port: 0\nplugins: default\n",
    /"plugins": \["guard", …\], or "plugins": \{ "preset": "default" \}\n/,
    /\.yaml:2:1\n {2}1 \| port: 0\n> 2 \| plugins: default\n {4}\| \^/,
  ],
  ["a syntax error", "ts", "export default { plugins: [ };", /cannot be loaded: /],
  ["a syntax error in JSON", "json", '{ "plugins": [ }', /cannot be loaded: /],
  ["a syntax error in YAML", "yaml", "plugins: [", /cannot be loaded: /],
  [
    "an import that is not there",
    "ts",
    'import { nope } from "agproxy";\nexport default { plugins: [nope] };',
    /cannot be loaded: .*nope/,
  ],
  [
    "a package that is not there",
    "ts",
    'import { x } from "@agproxy/plugin-x";\nexport default { plugins: [x()] };',
    /cannot be loaded: .*@agproxy\/plugin-x/,
  ],
  [
    "a function not called",
    "ts",
    `${openai}export default { plugins: [openai] };`,
    /plugins\[0\] .*did you forget to call it\?/,
  ],
  [
    "an object that is no plugin",
    "ts",
    `${openai}export default { plugins: [openai(), { nme: "x" }] };`,
    /plugins\[1\] is no plugin/,
  ],
  ["a number for a plugin", "yaml", "plugins: [5]\n", /plugins\[0\] is no plugin/],
  [
    "a package by name that is not there",
    "json",
    '{ "plugins": ["@agproxy/plugin-x"] }',
    /plugins\[0\].*npm install @agproxy\/plugin-x/,
  ],
  [
    "a package that makes no plugin",
    "json",
    '{ "plugins": ["node:path"] }',
    /plugins\[0\].*node:path/,
  ],
  [
    "a short name that is no official plugin's",
    "json",
    '{ "plugins": ["rotaton"] }',
    /plugins\[0\]: there is no official plugin "rotaton"\. Did you mean rotation\?/,
  ],
  [
    "a plugin that the preset does not have",
    "json",
    '{ "plugins": { "preset": "default", "opnai": {} } }',
    /there is no official plugin "opnai"\. Did you mean "openai"\?/,
  ],
  ["a preset that is none", "yaml", "plugins: { preset: defaults }\n", /Did you mean "default"\?/],
  [
    "two plugins of one name",
    "ts",
    `${openai}export default { plugins: [openai(), openai()] };`,
    /plugins\[1\] is a second plugin named "openai"/,
  ],
  [
    "an option that the plugin does not know",
    "ts",
    'import { auth } from "@agproxy/plugin-auth";\nexport default { plugins: [auth({ mod: "off" })] };',
    /auth: there is no option `mod`/,
  ],
  [
    "an option of a named plugin with a wrong value",
    "json",
    '{ "plugins": [["@agproxy/plugin-auth", { "mode": "of" }]] }',
    /plugins\[0\] \(@agproxy\/plugin-auth\): `mode` must be one of off, strict/,
  ],
];

suite("mistakes", { concurrency: 2, timeout: 100_000 }, () => {
  for (const [what, kind, text, ...says] of mistakes) {
    test(what, async () => {
      const file = `agproxy.config.${kind}`;
      const { code, stdout, stderr } = await plugins({ [file]: text });
      assert.equal(code, 1);
      assert.equal(stdout, "");
      for (const saying of says) assert.match(stderr, saying);
      assert.ok(stderr.includes(file), `it names the file: ${stderr}`);
      assert.match(stderr, /^agproxy: /);
      assert.ok(!/^ +at /m.test(stderr), `no stack: ${stderr}`);
    });
  }

  /** A config, perhaps with a file beside it, and the place that must be shown. */
  const places: readonly (readonly [
    what: string,
    files: Readonly<Record<string, string>>,
    says: RegExp,
    place: string,
    line: string,
  ])[] = [
    [
      "a syntax error in TypeScript",
      { "agproxy.config.ts": "const a: number = 1;\nexport default { plugins: [ };\n" },
      /Expression expected/,
      "agproxy.config.ts:2:29",
      "> 2 | export default { plugins: [ };",
    ],
    [
      "a syntax error in a file that the config imports",
      {
        "agproxy.config.ts": 'import "./own.js";\nexport default { plugins: [] };\n',
        "own.js": "\nexport const a = [ };\n",
      },
      /Unexpected token '\}'/,
      "own.js:2:20",
      "> 2 | export const a = [ };",
    ],
    [
      "an exception at top level of a file that the config imports",
      {
        "agproxy.config.js": 'import { a } from "./own.ts";\nexport default { plugins: [a()] };\n',
        "own.ts": 'export function a(): void {\n  throw new Error("not today");\n}\n',
      },
      /cannot be loaded: not today/,
      "own.ts:2:9",
      '> 2 |   throw new Error("not today");',
    ],
    [
      "an import of an official package with a wrong name",
      { "agproxy.config.ts": 'import { openai } from "@agproxy/plugin-opnai";\n' },
      /Cannot find package '@agproxy\/plugin-opnai'\. Did you mean @agproxy\/plugin-openai\?/,
      "agproxy.config.ts:1:25",
      '> 1 | import { openai } from "@agproxy/plugin-opnai";',
    ],
    [
      "an import of a package that is not installed",
      { "agproxy.config.ts": '\nimport x from "some-notes";\n' },
      /Cannot find package 'some-notes'\. Install it with: npm install some-notes/,
      "agproxy.config.ts:2:16",
      '> 2 | import x from "some-notes";',
    ],
    [
      "an import of a file with a wrong name",
      { "agproxy.config.ts": 'import { x } from "./onw.ts";\n', "own.ts": "" },
      /There is no file .*onw\.ts\. Did you mean own\.ts\?/,
      "agproxy.config.ts:1:20",
      '> 1 | import { x } from "./onw.ts";',
    ],
    [
      "a file that is required and not there",
      { "agproxy.config.cjs": '\nrequire("./onwn.cjs");\n', "own.cjs": "" },
      /There is no file .*onwn\.cjs\. Did you mean own\.cjs\?/,
      "agproxy.config.cjs:2:10",
      '> 2 | require("./onwn.cjs");',
    ],
    [
      "a name that agproxy does not export",
      { "agproxy.config.ts": 'import { defalts } from "agproxy";\n' },
      /does not provide an export named 'defalts'\. Did you mean defaults\?/,
      "agproxy.config.ts:1:10",
      '> 1 | import { defalts } from "agproxy";',
    ],
    [
      "an option that a plugin refuses, without the key beside it",
      {
        "agproxy.config.ts":
          'import { auth } from "@agproxy/plugin-auth";\nexport default { plugins: [\n  auth({ mod: "off", keys: "abc" }),\n] };\n',
      },
      /auth: there is no option `mod`\. Did you mean `mode`\?/,
      "agproxy.config.ts:3:3",
      '> 3 |   auth({ mod: "off", keys: "•••" }),',
    ],
    [
      "a fault in JSON with comments",
      { "agproxy.config.json": '{\n  // all\n  "plugins": [ }\n' },
      /Unexpected token '\}'\n/,
      "agproxy.config.json:3:16",
      '> 3 |   "plugins": [ }',
    ],
    [
      "a fault in YAML",
      { "agproxy.config.yaml": "port: 1\nplugins: ]\n" },
      /cannot be loaded: /,
      "agproxy.config.yaml:2:10",
      "> 2 | plugins: ]",
    ],
    [
      "an option of a plugin in YAML",
      { "agproxy.config.yaml": "plugins:\n  - openai\n  - [rotation, { attempts: x }]\n" },
      /plugins\[1\] \(rotation\): `attempts` must be a number\. Write it like this: /,
      "agproxy.config.yaml:3:18",
      "> 3 |   - [rotation, { attempts: x }]",
    ],
    [
      "a setting",
      { "agproxy.config.ts": 'export default {\n  // port: 1\n  port: "x",\n  plugins: [],\n};\n' },
      /port: must be a number/,
      "agproxy.config.ts:3:3",
      '> 3 |   port: "x",',
    ],
  ];

  for (const [what, files, says, shown, line] of places) {
    test(`${what}: where it is`, async () => {
      await using place = await folder({ "package.json": '{ "type": "commonjs" }', ...files });
      const [file = ""] = Object.keys(files);
      const { code, stderr } = await agproxy(["plugins", "--config", file], { cwd: place.path });
      assert.equal(code, 1);
      assert.match(stderr, says);
      assert.ok(stderr.includes(`\n\n${shown}\n`), stderr);
      assert.ok(stderr.includes(`${line}\n`), stderr);
      const column = Number(shown.split(":")[2]);
      assert.match(stderr, new RegExp(`^ {4}\\| {${column}}\\^$`, "m"));
    });
  }

  test("every official plugin refuses an option that it does not know", async () => {
    const manifest: unknown = JSON.parse(await readFile(join(repository, "package.json"), "utf8"));
    const carried = Object.keys(at(manifest, "dependencies") ?? {})
      .filter((name) => name.startsWith("@agproxy/plugin-"))
      .map((name) => name.replace("@agproxy/plugin-", ""));
    // hello is there to make new plugins of, and for no config.
    const forConfigs = carried.filter((name) => name !== "hello");
    assert.deepEqual(forConfigs.toSorted(), officialPlugins.toSorted());
    for (const name of officialPlugins) {
      const account = { refreshToken: "r", clientId: "c", clientSecret: "s" };
      const needed: Readonly<Record<string, object>> = {
        "cloud-code": { accounts: [account], iUnderstandTheRisk: true },
        vertex: { accounts: [{}] },
      };
      const config = { plugins: [[name, { ...needed[name], sillyOption: 1 }]] };
      const { code, stderr } = await plugins({ "agproxy.config.json": JSON.stringify(config) });
      assert.equal(code, 1, name);
      assert.match(stderr, /`sillyOption`/, name);
    }
  });

  test("a store that cannot be opened names its key", async () => {
    const { code, stderr } = await plugins({
      "agproxy.config.json": '{ "store": "no/such/folder.sqlite", "plugins": [] }',
    });
    assert.equal(code, 1);
    assert.match(stderr, /^agproxy: store: the file "no\/such\/folder\.sqlite" cannot be opened: /);
  });

  test("--config with a file that is not there", async () => {
    const { code, stderr } = await plugins({}, "--config", "other.ts");
    assert.equal(code, 1);
    assert.match(stderr, /^agproxy: There is no file .*other\.ts\.\n$/);
  });

  test("--config with a folder", async () => {
    const { code, stderr } = await plugins({ "inner/x": "" }, "--config", "inner");
    assert.equal(code, 1);
    assert.match(stderr, /^agproxy: .*inner is no file\.\n$/);
  });

  test("a plugin that throws at start is named, with what it said", async () => {
    const { code, stderr } = await plugins({
      "agproxy.config.js":
        'export default { plugins: [{ name: "fussy", apply() { throw new Error("not today"); } }] };',
    });
    assert.equal(code, 1);
    assert.match(stderr, /^agproxy: .*"?fussy"?[^]*not today/);
    assert.ok(!/^ +at /m.test(stderr), `no stack: ${stderr}`);
  });
});

suite("configs of others", () => {
  const trap = 'throw new Error("this has run");';

  test("a config in the folder above is never used", async () => {
    await using place = await installedFolder({
      "agproxy.config.ts": trap,
      "agproxy.config.js": trap,
      "package.json": JSON.stringify({ agproxy: { plugins: [] } }),
    });
    const inner = join(place.path, "inner");
    await mkdir(inner);
    const end = await agproxy(["check"], { cwd: inner });
    assert.equal(end.code, 0, end.stderr);
    assert.match(end.stdout, /^The built-in config: good/);
    assert.doesNotMatch(end.stderr, /this has run/);
  });

  const skip = process.getuid?.() === 0 ? false : "only root can give a file to another user";

  test("a config that belongs to another user is not run", { skip }, async () => {
    await using place = await installedFolder({ "agproxy.config.js": trap });
    const file = join(place.path, "agproxy.config.js");
    await chown(file, 12_345, 12_345);
    for (const args of [["plugins"], ["plugins", "--config", file]]) {
      const end = await agproxy(args, { cwd: place.path });
      assert.equal(end.code, 1);
      assert.match(end.stderr, /belongs to another user \(uid 12345\) and is not run/);
      assert.doesNotMatch(end.stderr, /this has run/);
    }
  });

  test(
    "packages that belong to another user are not run, neither agproxy nor a plugin",
    { skip },
    async () => {
      await using place = await folder({
        "inner/agproxy.config.json": '{ "plugins": ["openai"] }',
        "node_modules/agproxy/package.json":
          '{ "version": "9.8.7", "bin": { "agproxy": "run.js" } }',
        "node_modules/agproxy/run.js": trap,
        "node_modules/@agproxy/plugin-openai/index.js": trap,
      });
      for (const name of ["agproxy/package.json", "@agproxy/plugin-openai/index.js"]) {
        await chown(join(place.path, "node_modules", name), 12_345, 12_345);
      }
      const end = await agproxy(["plugins"], { cwd: join(place.path, "inner") });
      assert.deepEqual(names(end.stdout), ["openai"], end.stderr);
    },
  );

  test("the built-in config takes no plugin from the folder", async () => {
    await using place = await folder({ "node_modules/@agproxy/plugin-openai/index.js": trap });
    const end = await agproxy(["check"], { cwd: place.path });
    assert.equal(end.code, 0, end.stderr);
  });
});

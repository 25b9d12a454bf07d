/** The promise: every claim of the pages is executed. The tables are compared with the source, the code is type-checked. */
import assert from "node:assert/strict";
import { access, glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import {
  AgproxyError,
  catalogue,
  type ErrorCode,
  type ErrorDefinition,
  type OwnError,
} from "agproxy";
import { loadConfig } from "../core/src/config/config.ts";
import { createHooks } from "../core/src/hooks/hooks.ts";
import { finishedProcess } from "./support/child-process.ts";
import { codeBlocks, pages } from "./support/code-blocks.ts";
import { installedFolder } from "./support/folder.ts";
import { distribution } from "../src/distribution.ts";
import { repository } from "./support/repository.ts";

const page = (name: string) => readFile(join(repository, name), "utf8");

/** The cells of each row of the tables in a text, without their heads. */
function tableRows(text: string): readonly (readonly string[])[] {
  return text
    .split("\n")
    .filter((line) => line.startsWith("| ") && !/^\| -+/.test(line))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll("\\|", "|")),
    );
}

/** The errors that plugins made with `createError`, in the order of plugins and of each source. */
async function ownErrors(): Promise<readonly ErrorDefinition[]> {
  const paths = await Array.fromAsync(glob("plugins/*/src/**/*.ts", { cwd: repository }));
  const sources = await Promise.all(
    paths
      .filter((path) => !path.endsWith(".test.ts"))
      .toSorted()
      .map(async (path) => ({ path, text: await page(path) })),
  );
  const found: ErrorDefinition[] = [];
  for (const { path, text } of sources) {
    const codes = [...text.matchAll(/\bcreateError\(\s*"(\w+)"/g)].map(([, code = ""]) => code);
    if (codes.length === 0) continue;
    const exported = Object.values((await import(join(repository, path))) as object)
      .filter((value) => typeof value === "function" && value.prototype instanceof AgproxyError)
      .map((own: OwnError) => new own().definition);
    const definitions = codes.map((code) => exported.find((one) => one.code === code));
    for (const [index, definition] of definitions.entries())
      found.push(definition ?? assert.fail(`${path} does not export ${codes[index]}`));
  }
  return found;
}

test("docs/errors.md has core's catalogue and plugins' own codes, no row more and no row less", async () => {
  const rows = tableRows(await page("docs/errors.md")).filter(([first]) => first?.startsWith("`"));
  const codes = Object.keys(catalogue) as ErrorCode[];
  const definitions = [
    ...codes.map((code) => ({ code, ...catalogue[code] })),
    ...(await ownErrors()),
  ];
  assert.deepEqual(
    rows,
    definitions.map(({ code, status, type, text, advice }) => {
      return [`\`${code}\``, String(status), `\`${type}\``, text, advice];
    }),
  );
});

/** The kinds of tapable's hooks, as the page names them. */
const kinds: Readonly<Record<string, string>> = {
  AsyncSeriesHook: "async series",
  AsyncSeriesBailHook: "async bail",
  AsyncSeriesWaterfallHook: "async waterfall",
  SyncHook: "series",
  SyncWaterfallHook: "sync waterfall",
};

/** What each hook gets and returns, read from the interface that plugins see. */
async function declaredHooks(): Promise<ReadonlyMap<string, readonly string[]>> {
  const source = await page("core/src/hooks/hook-faces.ts");
  const declared = /export interface HookFaces \{(?<body>[^]*?)\n\}/.exec(source)?.groups?.["body"];
  const pattern = /readonly (?<name>\w+): (?:Sync)?HookFace<\[(?<gets>.*)\], (?<returns>.*)>;/g;
  // The formatter breaks long lines.
  const inLines = (declared ?? "").replaceAll(/(?<=HookFace<)\s+|\s+(?=>;)/g, "");
  const found = [...inLines.replaceAll(/,\n\s+/g, ", ").matchAll(pattern)].map(
    ({ groups = {} }) => {
      const gets = (groups["gets"] ?? "")
        .split(", ")
        .map((type) => `\`${type.replace(/^\w+: /, "")}\``);
      return [groups["name"] ?? "", [gets.join(", "), `\`${groups["returns"]}\``]] as const;
    },
  );
  return new Map(found);
}

test("docs/hooks.md has every hook, with its kind, what it gets and what it returns", async () => {
  const text = await page("docs/hooks.md");
  const sections = text.split(/^## /m).slice(1);
  const declared = await declaredHooks();
  const hooks = Object.entries(createHooks());
  assert.deepEqual(
    [...declared.keys()],
    hooks.map(([name]) => name),
  );
  assert.deepEqual(
    sections.map((section) => section.split("\n")[0]),
    hooks.map(([name]) => name),
  );
  for (const [index, [name, hook]] of hooks.entries()) {
    const [, row] = tableRows(sections[index] ?? "");
    assert.deepEqual(row, [kinds[hook.constructor.name], ...(declared.get(name) ?? [])], name);
    assert.ok(sections[index]?.includes(`hooks.${name}.tap(`), `${name} has an example`);
  }
});

test("every hook and every error code that a page names exists", async () => {
  const hooks = Object.keys(createHooks());
  for (const name of await pages()) {
    const text = await page(name);
    const tapped = [...text.matchAll(/\bhooks\.(\w+)/g)].map(([, hook = ""]) => hook);
    for (const hook of tapped)
      assert.ok(hook === "ts" || hook === "md" || hooks.includes(hook), name);
    const thrown = [...text.matchAll(/new AgproxyError\("(\w+)"/g)].map(([, code = ""]) => code);
    for (const code of thrown) assert.ok(Object.hasOwn(catalogue, code), `${name}: ${code}`);
  }
});

test("the TypeScript of every page type-checks as it stands", async () => {
  const blocks = (await Promise.all((await pages()).map(codeBlocks)))
    .flat()
    .filter(({ language }) => language === "ts");
  assert.ok(blocks.length > 20, "there is something to check");
  const files = blocks.map((block) => [
    `${block.page.replaceAll("/", "-")}-${block.line}.ts`,
    block.text,
  ]);
  const options = {
    extends: join(repository, "tsconfig.base.json"),
    compilerOptions: { noEmit: true, customConditions: ["@agproxy/source"] },
    include: ["*.ts"],
  };
  await using folder = await installedFolder({
    ...Object.fromEntries(files),
    "package.json": '{ "type": "module" }',
    "tsconfig.json": JSON.stringify(options),
  });
  const tsc = join(repository, "node_modules/.bin/tsc");
  const { code, stdout, stderr } = await finishedProcess(tsc, ["-p", "."], { cwd: folder.path });
  // Mistakes in the sources themselves are another test's.
  const mistakes = stdout.split("\n").filter((line) => /^[^.\s].*\(\d+,\d+\): error/.test(line));
  assert.deepEqual(mistakes, []);
  assert.ok(code === 0 || stdout.includes("error TS"), stderr);
});

test("the JSON of every page is JSON, the YAML a config that loads", async () => {
  const blocks = (await Promise.all((await pages()).map(codeBlocks))).flat();
  const read = blocks.filter(({ language }) => ["json", "yaml", "yml"].includes(language));
  assert.ok(read.length > 0, "there is something to check");
  for (const block of read) {
    const place = `${block.page}:${block.line}`;
    if (block.language === "json") assert.doesNotThrow(() => JSON.parse(block.text), place);
    if (!/^"?plugins"?:/m.test(block.text)) {
      assert.equal(block.language, "json", `${place}: only configs are written in YAML`);
      continue;
    }
    const file = `agproxy.config.${block.language}`;
    // The plugin of one's own that the examples name.
    const shout = 'export const shout = () => ({ name: "shout", apply() {} });';
    await using folder = await installedFolder({ [file]: block.text, "shout.js": shout });
    await folder.write("node_modules/agproxy-plugin-my-notes/package.json", '{"main":"index.js"}');
    await folder.write(
      "node_modules/agproxy-plugin-my-notes/index.js",
      'exports.myNotes = () => ({ name: "my-notes", apply() {} });',
    );
    const config = await loadConfig({ directory: folder.path, distribution, overrides: {} });
    assert.ok(config.plugins.length > 0, place);
  }
});

test("links between the pages lead somewhere", async () => {
  for (const name of await pages()) {
    const text = await page(name);
    for (const [, target = ""] of text.matchAll(/\]\((?![a-z]+:|#)([^)#]+)/g)) {
      await assert.doesNotReject(
        access(join(repository, name, "..", target)),
        `${name} links to ${target}`,
      );
    }
  }
});

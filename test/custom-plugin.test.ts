/** The promise: the few lines that the pages show for a plugin of one's own work as they stand there. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { startAgproxy } from "./support/agproxy-process.ts";
import { finishedProcess } from "./support/child-process.ts";
import { ask, chatCases, goodText } from "./support/chat-routes.ts";
import { codeBlocks, type CodeBlock } from "./support/code-blocks.ts";
import { installedFolder } from "./support/folder.ts";

async function firstPlugin(page: string): Promise<CodeBlock> {
  const blocks = await codeBlocks(page);
  const block = blocks.find(
    ({ language, text }) => language === "ts" && text.includes("definePlugin"),
  );
  return block ?? assert.fail(`${page} shows no plugin`);
}

/** Runs a config file as a user does, and asks every route for a model in capitals. */
async function assertLowersModels(config: string): Promise<void> {
  await using folder = await installedFolder({ "agproxy.config.ts": config });
  await using gateway = await startAgproxy({ cwd: folder.path });
  assert.match(gateway.banner, /^ *shout +resolveModel/m);
  for (const one of chatCases.filter(({ route }) => route.path.endsWith("completions"))) {
    const response = await ask(gateway, one, { more: { model: "GEMINI-2.5-Flash" } });
    assert.equal(response.headers.get("x-mapped-model"), "gemini-2.5-flash", one.title);
    assert.match(await goodText(one, response), /sandbox/);
  }
}

test("the plugin of the README, written into a config file", async () => {
  const { text } = await firstPlugin("README.md");
  const [, name] = /export const (\w+) = definePlugin/.exec(text) ?? [];
  assert.ok(name, "the block exports its plugin");
  const rest = [
    'import { defineConfig } from "agproxy";',
    'import { openai } from "@agproxy/plugin-openai";',
    'import { sandbox } from "@agproxy/plugin-sandbox";',
    `export default defineConfig({ plugins: [openai(), ${name}, sandbox()] });`,
  ];
  await assertLowersModels([text, ...rest].join("\n"));
});

test("the plugin of the README is as short as it says", async () => {
  const { text } = await firstPlugin("README.md");
  const lines = text.slice(text.indexOf("export const")).trim().split("\n");
  assert.ok(lines.length <= 5, text);
});

test("the config file of docs/write-a-plugin.md, as it stands", async () => {
  const { text } = await firstPlugin("docs/write-a-plugin.md");
  await using folder = await installedFolder({ "agproxy.config.ts": text });
  await using gateway = await startAgproxy({ cwd: folder.path });
  assert.match(gateway.banner, /^ *nickname +resolveModel/m);
  for (const one of chatCases.filter(({ route }) => route.path.endsWith("completions"))) {
    const response = await ask(gateway, one, { more: { model: "fast" } });
    assert.equal(response.headers.get("x-mapped-model"), "gemini-2.5-flash", one.title);
    assert.match(await goodText(one, response), /sandbox/);
  }
});

test("the tests of docs/write-a-plugin.md pass as they stand", async () => {
  const blocks = await codeBlocks("docs/write-a-plugin.md");
  const tests = blocks.filter(({ text }) => text.includes("node:test"));
  assert.equal(tests.length, 2);
  for (const { text } of tests) {
    await using folder = await installedFolder({ "block.test.ts": text });
    const args = ["--conditions=@agproxy/source", "--test", "block.test.ts"];
    const { code, stdout } = await finishedProcess(process.execPath, args, { cwd: folder.path });
    assert.equal(code, 0, stdout);
    assert.match(stdout, /pass [1-9]\d*\n.*fail 0\n/);
  }
});

/** The promise: whatever an upstream or a client writes, the operator's terminal only shows it. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { readdir, stat, symlink } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { agproxy, startAgproxy } from "../support/agproxy-process.ts";
import { installedFolder } from "../support/folder.ts";

const commands =
  "\x1b]52;c;ZXZpbA==\x07\x1b[2J\x9b31m\x7f\u2028\u2029\u202e\u2066\r\n  other  gemini  good";
const obeyed = /[\0-\x08\v-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/;

/** An upstream whose every error is commands for a terminal. */
async function hostileUpstream() {
  const server = createServer((_, res) => {
    res.writeHead(400, { "content-type": "application/json" });
    res.end(JSON.stringify({ error: { code: 400, message: commands, status: commands } }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

const config = (url: string) => `
import { openai } from "@agproxy/plugin-openai";
import { gemini } from "@agproxy/plugin-gemini";
export default { plugins: [openai(), gemini({ keys: "a-key-of-nobody", baseUrl: "${url}" })] };`;

test("`agproxy check` and the log show an upstream's control characters and obey none", async () => {
  await using upstream = await hostileUpstream();
  await using place = await installedFolder({ "agproxy.config.js": config(upstream.url) });
  const check = await agproxy(["check"], { cwd: place.path });
  assert.equal(check.code, 1);
  assert.match(check.stdout, / (?:faulty|shaky|unfit): .*\\u001b\]52/);
  assert.doesNotMatch(check.stdout + check.stderr, obeyed);
  assert.doesNotMatch(check.stdout, /^ *other /m, "no line of the upstream's own");

  await using gateway = await startAgproxy({ cwd: place.path });
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ model: commands, messages: [{ role: "user", content: "hello" }] }),
  });
  await response.text();
  const [line] = await gateway.said(/^\{.*"msg":"exchange"\}$/m);
  assert.match(line, /\\u009b31m/);
  assert.doesNotMatch(gateway.output, obeyed);
  assert.equal((JSON.parse(line) as { asked: string }).asked, commands, "it says the same");
});

test("what a user types comes back without its control characters too", async () => {
  await using place = await installedFolder({ "agproxy.config.js": config("http://127.0.0.1:9") });
  const explained = await agproxy(["explain", "a\x1b[2Jb\u202e"], { cwd: place.path });
  const unknown = await agproxy(["a\x1b[2J"], { cwd: place.path });
  const missing = await agproxy(["check", "--config", "a\x1b[2J.ts"], { cwd: place.path });
  for (const { stdout, stderr } of [explained, unknown, missing]) {
    assert.match(stdout + stderr, /\\u001b\[2J/);
    assert.doesNotMatch(stdout + stderr, obeyed);
  }
});

test("`agproxy init` writes for its owner only, and through no link", async () => {
  await using place = await installedFolder();
  const file = join(place.path, "agproxy.config.ts");
  await symlink(join(place.path, "elsewhere.ts"), file);
  const refused = await agproxy(["init"], { cwd: place.path });
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /is there already and stays as it is\.\n$/);
  const left = await readdir(place.path);
  assert.deepEqual(left.toSorted(), ["agproxy.config.ts", "node_modules"]);

  await using empty = await installedFolder();
  assert.equal((await agproxy(["init"], { cwd: empty.path })).code, 0);
  const { mode } = await stat(join(empty.path, "agproxy.config.ts"));
  assert.equal(mode & 0o777, 0o600);
  assert.deepEqual(
    (await readdir(empty.path)).toSorted(),
    ["agproxy.config.ts", "node_modules"],
    "no draft is left",
  );
});

/** The promise: a change of the config applies without a restart, and what is under way ends as it began. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { type AgproxyProcess, startAgproxy } from "./support/agproxy-process.ts";
import { type Folder, folder } from "./support/folder.ts";
import { geminiServer, said, sse } from "./support/gemini-server.ts";
import { at } from "./support/json-path.ts";

/** A config whose `greet` plugin is in a file of its own. `GET /greeting` tells which one serves. */
function greeting(word: string, more = ""): Record<string, string> {
  return {
    "agproxy.config.ts": `
import { defaults, defineConfig } from "agproxy";
import { greet } from "./greet.ts";
export default defineConfig({ ${more} plugins: [...defaults(), greet] });
`,
    "greet.ts": `
import type { Plugin } from "agproxy";
export const greet: Plugin = {
  name: "greet",
  apply({ hooks, route, store, log }) {
    route("GET", "/greeting", async () => ({
      body: { word: ${JSON.stringify(word)}, asked: await store.add("greet/all", 1, 60_000), key: process.env["SOME_KEY"] },
    }));
    hooks.close.tap("greet", (reason) => log.info({ word: ${JSON.stringify(word)}, reason }, "greet closes"));
  },
};
`,
  };
}

async function ask(gateway: AgproxyProcess): Promise<unknown> {
  return (await fetch(`${gateway.url}/greeting`)).json();
}

const watching = ["--port", "0", "--watch"];

/** Resolves with the number of reloads once there are so many. */
function reloaded(gateway: AgproxyProcess, times: number): Promise<RegExpExecArray> {
  return gateway.said(new RegExp(`(?:"msg":"reloaded"[^]*){${times}}`));
}

async function write(place: Folder, files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) await place.write(name, text);
}

const keyed = (keys: string) => ({
  "agproxy.config.json": JSON.stringify({
    plugins: { preset: "default", auth: { mode: "strict", keys } },
  }),
});
suite("reload", { concurrency: 2, timeout: 60_000 }, () => {
  test("a file that the config imports is read anew, the store stays, and the old plugins close", async () => {
    await using place = await folder(greeting("hello"));
    await using gateway = await startAgproxy({ cwd: place.path, args: watching });
    assert.deepEqual(await ask(gateway), { word: "hello", asked: 1 });
    await write(place, greeting("goodbye"));
    await gateway.said(/"word":"hello","reason":"replaced by a reload","msg":"greet closes"/);
    assert.deepEqual(await ask(gateway), { word: "goodbye", asked: 2 });
  });

  test("an editor that puts a new file in the place of the old one is noticed", async () => {
    await using place = await folder(greeting("hello"));
    await using gateway = await startAgproxy({ cwd: place.path, args: watching });
    const next = join(place.path, "greet.ts~");
    await writeFile(next, greeting("renamed")["greet.ts"] ?? "");
    await rename(next, join(place.path, "greet.ts"));
    await reloaded(gateway, 1);
    assert.equal(at(await ask(gateway), "word"), "renamed");
  });

  test("SIGHUP reloads, also without a watch, and never kills", async () => {
    await using place = await folder(greeting("hello"));
    await using gateway = await startAgproxy({ cwd: place.path });
    await write(place, greeting("goodbye"));
    for (let round = 1; round <= 5; round += 1) {
      gateway.signal("SIGHUP");
      await reloaded(gateway, round);
    }
    assert.equal(at(await ask(gateway), "word"), "goodbye");
    // A burst of them is a reload or two.
    for (let round = 0; round < 20; round += 1) gateway.signal("SIGHUP");
    await reloaded(gateway, 6);
    gateway.signal("SIGTERM");
    gateway.signal("SIGHUP");
    assert.equal((await gateway.finished).code, 0);
  });

  test("without a terminal nothing is watched", async () => {
    await using place = await folder(greeting("hello"));
    await using gateway = await startAgproxy({ cwd: place.path });
    await write(place, greeting("goodbye"));
    // Another one that watches the same file has noticed it: this one had the time, too.
    await using watcher = await startAgproxy({ cwd: place.path, args: watching });
    await write(place, greeting("farewell"));
    await reloaded(watcher, 1);
    assert.doesNotMatch(gateway.output, /"msg":"reloaded"/);
    assert.equal(at(await ask(gateway), "word"), "hello");
  });

  test("a broken edit says why, with its place, and the old config stays; the next one applies", async () => {
    await using place = await folder(greeting("hello"));
    await using gateway = await startAgproxy({ cwd: place.path, args: watching });
    const [files, broken] = [greeting("goodbye"), greeting("goodbye")];
    broken["greet.ts"] += "export const x = ;\n";
    for (const [wrong, says] of [
      [broken, /greet\.ts:12:18[^]*> 12 \| export const x = ;\n +\| +\^/],
      [{ "agproxy.config.ts": 'import "./missing.ts";\n' }, /There is no file .*missing\.ts/],
      [
        { "agproxy.config.ts": "export default { plugins: [], prot: 1 };\n" },
        /prot: there is no such setting\. Did you mean port\?\n\nagproxy\.config\.ts:1:/,
      ],
      [
        { "agproxy.config.ts": 'throw new Error("not today");\nexport default {};\n' },
        /not today\n\nagproxy\.config\.ts:1:7/,
      ],
      [
        {
          "agproxy.config.ts":
            'export default { plugins: ["openai", ["rotation", { attempt: 1 }]] };\n',
        },
        /plugins\[1\] \(rotation\).*Did you mean/,
      ],
    ] as const) {
      await write(place, wrong);
      await gateway.said(/not reloaded/);
      await until(() => says.test(gateway.output));
      assert.equal(at(await ask(gateway), "word"), "hello");
    }
    const frames = gateway.output.match(/^\{.*\\n> \d.*not reloaded.*$/gm);
    assert.equal(frames, null, "the log has no lines of the config, which people are shown once");
    await write(place, files);
    await reloaded(gateway, 1);
    assert.equal(at(await ask(gateway), "word"), "goodbye");
  });

  test("a plugin that cannot start, or a gateway that anybody could use, keeps the old one", async () => {
    await using place = await folder(greeting("hello"));
    const host = ["--port", "0", "--host", "0.0.0.0"];
    const env = { AGPROXY_API_KEY: "a-key-of-thirty-two-characters-0" };
    await using gateway = await startAgproxy({ cwd: place.path, args: host, env });
    const open = 'export default { plugins: ["openai", "sandbox"] };';
    await write(place, { "agproxy.config.ts": open });
    gateway.signal("SIGHUP");
    await until(() => /Other machines can connect.*no plugin asks/.test(gateway.output));
    const throwing =
      'export default { plugins: [{ name: "a", apply() { throw new Error("no"); } }] };';
    await write(place, { "agproxy.config.ts": throwing });
    gateway.signal("SIGHUP");
    await until(() => /Plugin "a" cannot start\.\nno/.test(gateway.output));
    const url = gateway.url.replace("0.0.0.0", "127.0.0.1");
    assert.equal((await fetch(`${url}/greeting`)).status, 401);
  });

  test("variables of --env-file are read again; those of the environment stay", async () => {
    await using place = await folder({ ...greeting("hello"), ".env": "SOME_KEY=one\nHELD=one\n" });
    const args = [...watching, "--env-file", ".env"];
    await using gateway = await startAgproxy({ cwd: place.path, args, env: { HELD: "ours" } });
    assert.equal(at(await ask(gateway), "key"), "one");
    await place.write(".env", "SOME_KEY=two\nHELD=two\n");
    await reloaded(gateway, 1);
    assert.equal(at(await ask(gateway), "key"), "two");
    await place.write(".env", "\n");
    await reloaded(gateway, 2);
    assert.equal(at(await ask(gateway), "key"), undefined);
  });

  test("keys and accounts change with the file that has them", async () => {
    const [first, second] = [
      "a-key-of-thirty-two-characters-1",
      "a-key-of-thirty-two-characters-2",
    ];
    await using place = await folder(keyed(first));
    await using gateway = await startAgproxy({ cwd: place.path, args: watching });
    const status = async (key: string) =>
      (await fetch(`${gateway.url}/v1/models`, { headers: { "x-api-key": key } })).status;
    assert.deepEqual([await status(first), await status(second)], [200, 401]);
    await write(place, keyed(second));
    await reloaded(gateway, 1);
    assert.deepEqual([await status(first), await status(second)], [401, 200]);
  });

  test("a config that is written where there was none is served", async () => {
    await using place = await folder();
    await using gateway = await startAgproxy({ cwd: place.path, args: watching });
    await write(place, greeting("hello"));
    await until(async () => at(await ask(gateway), "word") === "hello");
  });

  test("what takes a restart is said, and stays", async () => {
    await using place = await folder(greeting("hello", "port: 0,"));
    await using gateway = await startAgproxy({ cwd: place.path, args: ["--watch"] });
    await write(place, greeting("goodbye", 'port: 1, host: "127.0.0.2", logLevel: "debug",'));
    await gateway.said(
      /"settings":\["host","port"\],"msg":"a change of host, port takes a restart"/,
    );
    assert.equal(at(await ask(gateway), "word"), "goodbye");
  });
});

/** Waits for something that no line of the standard output tells. */
async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await sleep(20);
}

const served = (upstream: string, word: string) => ({
  "agproxy.config.ts": `
import { defaults, defineConfig } from "agproxy";
const word = {
  name: "word",
  apply({ hooks, log }) {
    hooks.beforeAuth.tap("word", (incoming) => incoming.setHeader("X-Word", "${word}"));
    hooks.close.tap("word", () => log.info("${word} closes"));
  },
};
export default defineConfig({
  plugins: [...defaults({ gemini: { keys: "k", baseUrl: "${upstream}" } }), word],
});
`,
});
const halfAnswers = () =>
  geminiServer(({ response }) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(sse(said("Hello")));
  });

suite("under way during a reload", { concurrency: 2, timeout: 100_000 }, () => {
  const body = { model: "gemini-2.5-flash", messages: [{ role: "user", content: "Hi" }] };

  function hello(gateway: AgproxyProcess, path = "/v1/chat/completions", asked: object = body) {
    return fetch(gateway.url + path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ...asked, stream: true }),
    });
  }

  test("a stream ends on the gateway that began it, whose plugins close after it", async () => {
    await using upstream = await halfAnswers();
    await using place = await folder(served(upstream.url, "old"));
    await using gateway = await startAgproxy({ cwd: place.path });
    const stream = await hello(gateway);
    await write(place, served(upstream.url, "new"));
    gateway.signal("SIGHUP");
    await reloaded(gateway, 1);
    const second = await hello(gateway);
    assert.deepEqual(
      [stream, second].map(({ headers }) => headers.get("x-word")),
      ["old", "new"],
    );
    assert.doesNotMatch(gateway.output, /old closes/);
    upstream.calls[0]?.response.end(sse(said("!", "STOP")));
    assert.match(await stream.text(), /Hello[^]*!/);
    await gateway.said(/old closes/);
    upstream.calls[1]?.response.end(sse(said("!", "STOP")));
    assert.match(await second.text(), /\[DONE\]/);
  });

  test("a stop ends what an older gateway has, too, with the reason", async () => {
    await using upstream = await halfAnswers();
    await using place = await folder(served(upstream.url, "old"));
    await place.write(
      "agproxy.config.ts",
      served(upstream.url, "old")["agproxy.config.ts"].replace("plugins:", "drain: 50, plugins:"),
    );
    await using gateway = await startAgproxy({ cwd: place.path });
    const stream = await hello(gateway);
    gateway.signal("SIGHUP");
    await reloaded(gateway, 1);
    gateway.signal("SIGTERM");
    assert.match(await stream.text(), /shutting down/);
    const { code, stdout } = await gateway.finished;
    assert.equal(code, 0);
    assert.equal(stdout.match(/old closes/g)?.length, 2);
  });

  test("a WebSocket is closed after the response under way with the code at which clients connect again", async () => {
    await using upstream = await halfAnswers();
    await using place = await folder(served(upstream.url, "old"));
    await using gateway = await startAgproxy({ cwd: place.path });
    const socket = new WebSocket(`${gateway.url.replace("http", "ws")}/v1/responses`);
    const events: unknown[] = [];
    socket.on("message", (data: Buffer) => events.push(JSON.parse(data.toString())));
    await once(socket, "open");
    const { model } = body;
    socket.send(JSON.stringify({ type: "response.create", model, input: "Hi" }));
    await upstream.arrived(1);
    const closed = once(socket, "close");
    gateway.signal("SIGHUP");
    await reloaded(gateway, 1);
    upstream.calls[0]?.response.end(sse(said("!", "STOP")));
    const [code] = (await closed) as [number];
    assert.equal(code, 1001);
    assert.equal(at(events.at(-1), "type"), "response.completed");
    await gateway.said(/old closes/);
  });

  test("a background response goes on, and is read from the new gateway", async () => {
    await using upstream = await geminiServer(() => {});
    await using place = await folder(served(upstream.url, "old"));
    await using gateway = await startAgproxy({ cwd: place.path });
    const asked = await fetch(`${gateway.url}/v1/responses`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ model: body.model, input: "Hi", background: true }),
    });
    const id = String(at(await asked.json(), "id"));
    const status = async () =>
      at(await (await fetch(`${gateway.url}/v1/responses/${id}`)).json(), "status");
    await upstream.arrived(1);
    gateway.signal("SIGHUP");
    await reloaded(gateway, 1);
    assert.match(String(await status()), /queued|in_progress/);
    const answer = upstream.calls[0]?.response;
    answer?.writeHead(200, { "content-type": "application/json" });
    answer?.end(JSON.stringify(said("Hello", "STOP")));
    await gateway.said(/old closes/);
    assert.equal(await status(), "completed");
  });
});

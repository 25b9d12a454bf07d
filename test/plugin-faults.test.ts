/** The promise: no plugin's mistake ends the gateway, or a stream that is not the plugin's. */
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { openai } from "@agproxy/plugin-openai";
import { AgproxyError, definePlugin, type Plugin } from "agproxy";
import { scriptedUpstream, startGateway, textAnswer } from "agproxy/testing";
import { agproxy, startAgproxy } from "./support/agproxy-process.ts";
import { geminiServer } from "./support/gemini-server.ts";
import { gemini } from "@agproxy/plugin-gemini";
import { installedFolder } from "./support/folder.ts";
import { at } from "./support/json-path.ts";

const body = JSON.stringify({
  model: "gemini-2.5-flash",
  stream: true,
  messages: [{ role: "user", content: "Say hello" }],
});

async function chat(url: string): Promise<string> {
  const answer = await fetch(`${url}/v1/chat/completions`, { method: "POST", body });
  return answer.text();
}

const configOf = (fault: string) => `
  import { openai } from "@agproxy/plugin-openai";
  import { sandbox } from "@agproxy/plugin-sandbox";
  import { defineConfig, definePlugin } from "agproxy";

  const faulty = definePlugin({
    name: "faulty",
    apply({ hooks }) {
      ${fault}
    },
  });

  export default defineConfig({ plugins: [openai(), faulty, sandbox()] });
`;

suite("agproxy start", { timeout: 100_000 }, () => {
  for (const [title, fault, told] of [
    [
      "a promise left alone in a tap",
      'hooks.done.tap("faulty", () => { void Promise.reject(new Error("left alone")); });',
      /left alone/,
    ],
    [
      "an async tap of done",
      'hooks.done.tap("faulty", async () => { throw new Error("later"); });',
      /failed in done.*later/,
    ],
    [
      "an exception in a timer",
      'hooks.done.tap("faulty", () => { setTimeout(() => { throw new Error("in a timer"); }); });',
      /in a timer/,
    ],
    [
      "a rejection with no error in it",
      'hooks.done.tap("faulty", () => { void Promise.reject(5); });',
      /"5"/,
    ],
  ] as const) {
    test(`goes on after ${title}, and says so`, async () => {
      await using folder = await installedFolder();
      await writeFile(join(folder.path, "agproxy.config.ts"), configOf(fault));
      await using gateway = await startAgproxy({ cwd: folder.path });
      for (let round = 0; round < 3; round += 1) {
        assert.match(await chat(gateway.url), /\[DONE\]/);
      }
      await gateway.said(told);
      gateway.signal("SIGTERM");
      assert.equal((await gateway.finished).code, 0);
    });
  }

  test("a timer that a plugin left running does not keep a stopped gateway alive", async () => {
    await using folder = await installedFolder();
    await writeFile(
      join(folder.path, "agproxy.config.ts"),
      configOf("setInterval(() => {}, 1000);"),
    );
    await using gateway = await startAgproxy({ cwd: folder.path });
    gateway.signal("SIGTERM");
    assert.equal((await gateway.finished).code, 0);
  });

  test("finishes what is open and exits where exceptions come without end", async () => {
    await using folder = await installedFolder();
    const fault = 'setInterval(() => { throw new Error("again"); }, 5);';
    await writeFile(join(folder.path, "agproxy.config.ts"), configOf(fault));
    const { code, stdout } = await agproxy(["start", "--port", "0"], { cwd: folder.path });
    assert.equal(code, 1);
    assert.match(stdout, /too many uncaught exceptions/);
  });
});

test("a tap of transformStream that throws lets go of the upstream's connection", async () => {
  await using upstream = await geminiServer(({ response, streamed }) => {
    response.writeHead(200, {
      "content-type": streamed ? "text/event-stream" : "application/json",
    });
    response.write(streamed ? ": on its way\n\n" : "{");
  });
  const broken = definePlugin({
    name: "broken",
    apply: ({ hooks }) =>
      hooks.transformStream.tap("broken", () => {
        throw new Error("at once");
      }),
  });
  await using gateway = await startGateway({
    plugins: [openai(), broken, gemini({ keys: "k", baseUrl: upstream.url })],
  });
  for (const stream of [true, false]) {
    const sent = { ...(JSON.parse(body) as object), stream };
    const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: "POST",
      body: JSON.stringify(sent),
    });
    assert.equal(answer.status, 500);
    assert.match(await answer.text(), /Plugin \\"broken\\" failed in transformStream/);
  }
  await upstream.departed(2);
});

test("async taps of done are waited for when agproxy stops", async () => {
  const steps: string[] = [];
  const slow = definePlugin({
    name: "slow",
    apply({ hooks }) {
      hooks.done.tap("slow", async () => {
        await new Promise(setImmediate);
        steps.push("done");
      });
      hooks.close.tap("slow", () => void steps.push("close"));
    },
  });
  const upstream = scriptedUpstream(() => textAnswer("hi"));
  const gateway = await startGateway({ plugins: [openai(), slow, upstream.plugin] });
  await chat(gateway.url);
  await gateway.close();
  assert.deepEqual(steps, ["done", "close"]);
});

const routes: Readonly<Record<string, Plugin["apply"]>> = {
  "throws at once": ({ route }) =>
    route("GET", "/odd", () => {
      throw new Error("secret detail");
    }),
  rejects: ({ route }) => route("GET", "/odd", () => Promise.reject(new Error("secret detail"))),
  "answers nothing": ({ route }) => route("GET", "/odd", (() => undefined) as never),
  "answers a text": ({ route }) => route("GET", "/odd", (async () => "hello") as never),
};

for (const [title, apply] of Object.entries(routes)) {
  test(`a route that ${title} is told with plugin and route`, async () => {
    await using gateway = await startGateway({ plugins: [definePlugin({ name: "odd", apply })] });
    const answer = await fetch(`${gateway.url}/odd`);
    const told = await answer.text();
    assert.equal(answer.status, 500);
    assert.match(
      String(at(JSON.parse(told), "error", "message")),
      /^Plugin "odd" failed in GET \/odd\./,
    );
    assert.ok(!told.includes("secret detail"));
  });
}

test("a route's own refusal passes as it is", async () => {
  const refusing = definePlugin({
    name: "refusing",
    apply: ({ route }) =>
      route("GET", "/odd", () => {
        throw new AgproxyError("account_forbidden");
      }),
  });
  await using gateway = await startGateway({ plugins: [refusing] });
  assert.equal((await fetch(`${gateway.url}/odd`)).status, 403);
});

/** The promise: no plugin's mistake ends the gateway, or a stream that is not the plugin's. */
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { suite, test } from "node:test";
import { openai } from "@agproxy/plugin-openai";
import { AgproxyError, definePlugin, type Plugin, type Upstream } from "agproxy";
import {
  scriptedUpstream,
  startGateway,
  summaryWatch,
  type TestGateway,
  textAnswer,
} from "agproxy/testing";
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

test("an exchange is done exactly once, also where its protocol cannot write the error", async () => {
  const watch = summaryWatch();
  const speechless = definePlugin({
    name: "speechless",
    apply: ({ chat }) =>
      chat("/odd", {
        name: "speechless",
        decode: () => ({ request: { model: "m", messages: [], stream: false, sampling: {} } }),
        encoder: () => ({ batch: () => "", end: () => "", fail: () => "", whole: () => "" }),
        error: () => {
          throw new Error("no words");
        },
      }),
  });
  const upstream = scriptedUpstream(() => {
    throw new AgproxyError("upstream_failed");
  });
  await using gateway = await startGateway({
    plugins: [watch.plugin, speechless, upstream.plugin],
  });
  await fetch(`${gateway.url}/odd`, { method: "POST", body: "{}" }).catch(() => undefined);
  await watch.reached(1);
  assert.equal(watch.all.length, 1);
  assert.equal(watch.all[0]?.outcome, "failed");
});

test("a stream that fails while it is let go does not hide why it was", async () => {
  const limited = {
    name: "limited",
    send: async () => ({
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.reject(new AgproxyError("rate_limit_exceeded")),
        return: () => Promise.reject(new Error("cannot close")),
      }),
    }),
  };
  const failures: string[] = [];
  const pool = definePlugin({
    name: "pool",
    apply({ accounts, hooks }) {
      accounts([{ id: "one", label: "one", upstream: limited }]);
      hooks.attemptFailed.tap("pool", ({ error }) => {
        failures.push(error.code);
        return undefined;
      });
    },
  });
  await using gateway = await startGateway({ plugins: [openai(), pool] });
  const answer = await fetch(`${gateway.url}/v1/chat/completions`, { method: "POST", body });
  assert.equal(answer.status, 429);
  assert.deepEqual(failures, ["rate_limit_exceeded"]);
});

test("what a plugin mounts after the start, or a second time, is refused by name", async () => {
  let late: (() => void) | undefined;
  const plugin = definePlugin({
    name: "late",
    apply({ route, upgrade }) {
      upgrade("/socket", () => {});
      late = () => route("GET", "/late", async () => ({ body: {} }));
    },
  });
  await using _gateway = await startGateway({ plugins: [plugin] });
  assert.throws(() => late?.(), /Plugin "late" added \/late after the start/);
  const again = definePlugin({
    name: "again",
    apply: ({ upgrade }) => upgrade("/socket", () => {}),
  });
  await assert.rejects(
    startGateway({ plugins: [plugin, again] }),
    /Two plugins take upgrades on \/socket/,
  );
});

test("an unknown expectation is no way around one answer at a time", async () => {
  let [open, highest] = [0, 0];
  const slow = definePlugin({
    name: "slow",
    apply: ({ route }) =>
      route("GET", "/slow", async () => {
        highest = Math.max(highest, (open += 1));
        await new Promise(setImmediate);
        open -= 1;
        return { body: {} };
      }),
  });
  await using gateway = await startGateway({ plugins: [slow] });
  const { hostname, port } = new URL(gateway.url);
  const socket = connect(Number(port), hostname);
  socket.write("GET /slow HTTP/1.1\r\nHost: localhost\r\nExpect: foo\r\n\r\n".repeat(20));
  let answers = 0;
  for await (const bytes of socket) {
    answers += String(bytes).match(/HTTP\/1\.1 200/g)?.length ?? 0;
    if (answers === 20) break;
  }
  assert.equal(highest, 1);
});

/** A gateway whose only upstream does this. */
function gatewayOf(send: Upstream["send"]): Promise<TestGateway> {
  const upstream = { name: "odd-upstream", send };
  const pool = definePlugin({
    name: "pool",
    apply: ({ accounts }) => void accounts([{ id: "one", label: "one", upstream }]),
  });
  return startGateway({ plugins: [openai(), pool] });
}

for (const [title, send] of [
  ["throws", () => Promise.reject(new Error("secret detail"))],
  ["throws a frozen error", () => Promise.reject(Object.freeze(new Error("secret detail")))],
  ["throws an object", () => Promise.reject(Object.create(null))],
  ["answers nothing", () => Promise.resolve(undefined)],
] as const) {
  test(`an upstream that ${title} is named, and the log has the cause`, async () => {
    await using gateway = await gatewayOf(send as never);
    const answer = await fetch(`${gateway.url}/v1/chat/completions`, { method: "POST", body });
    const told = await answer.text();
    assert.equal(answer.status, 500);
    assert.match(told, /Plugin \\"odd-upstream\\" failed in send/);
    assert.ok(!told.includes("secret detail"));
    const line = gateway.log.findLast(({ msg }) => msg === "exchange");
    assert.ok(String(line?.["cause"]).length > 10);
  });
}

for (const choice of [undefined, 1e9, -1, 0.5]) {
  test(`an event of choice ${choice} ends the stream with an error`, async () => {
    await using gateway = await gatewayOf(async function* () {
      yield [{ type: "text", choice: 0, text: "Hello" }];
      yield [{ type: "text", choice, text: "Hello" } as never];
    } as never);
    for (const stream of [true, false]) {
      const sent = { ...(JSON.parse(body) as object), stream };
      const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
        method: "POST",
        body: JSON.stringify(sent),
      });
      assert.match(await answer.text(), /"code":"internal_error"/);
    }
  });
}

test("what a route streamed before it failed reaches the client", async () => {
  const breaking = definePlugin({
    name: "breaking",
    apply: ({ route }) =>
      route("GET", "/odd", async () => ({
        stream: (async function* () {
          yield "data: first\n\n";
          throw new Error("in the middle");
        })(),
      })),
  });
  await using gateway = await startGateway({ plugins: [breaking] });
  const answer = await fetch(`${gateway.url}/odd`);
  let text = "";
  await assert.rejects(async () => {
    for await (const bytes of answer.body ?? []) text += Buffer.from(bytes).toString();
  });
  assert.equal(text, "data: first\n\n");
});

for (const status of [100, 999, "200"]) {
  test(`a route's status ${JSON.stringify(status)} is told with plugin and route`, async () => {
    const odd = definePlugin({
      name: "odd",
      apply: ({ route }) => route("GET", "/odd", async () => ({ status, body: {} }) as never),
    });
    await using gateway = await startGateway({ plugins: [odd] });
    const answer = await fetch(`${gateway.url}/odd`);
    assert.equal(answer.status, 500);
    assert.match(await answer.text(), /Plugin \\"odd\\" failed in GET \/odd/);
  });
}

function startWith(apply: Plugin["apply"]): Promise<TestGateway> {
  return startGateway({ plugins: [definePlugin({ name: "odd", apply })] });
}

test("an account that cannot be used, and a tap that is no function, stop the start by name", async () => {
  for (const account of [
    {},
    { id: "a", label: "a" },
    { id: "a", label: "a", upstream: {} },
    null,
  ]) {
    await assert.rejects(
      startWith(({ accounts }) => void accounts([account as never])),
      /Plugin "odd" adds an account/,
    );
  }
  await assert.rejects(
    startWith(({ hooks }) => hooks.done.tap("odd", 5 as never)),
    /Plugin "odd" taps done without/,
  );
});

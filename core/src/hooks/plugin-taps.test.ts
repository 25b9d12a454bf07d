import assert from "node:assert/strict";
import { test } from "node:test";
import { runInNewContext } from "node:vm";
import { AgproxyError } from "../errors/agproxy-error.ts";
import { order } from "./hook-faces.ts";
import { createHooks } from "./hooks.ts";
import { facesFor } from "./plugin-taps.ts";
import { probeIncoming } from "../request/probe-incoming.ts";

const incoming = probeIncoming("/v1/test");

const failures: unknown[][] = [];
const setting = (isSealed: boolean) => ({
  isSealed,
  pending: new Set<Promise<void>>(),
  report: (...failure: unknown[]) => void failures.push(failure),
});

function setUp() {
  const hooks = createHooks();
  return { hooks, face: (name: string) => facesFor(name, hooks, setting(false)) };
}

test("an untapped hook is not used", () => {
  const { hooks } = setUp();
  for (const hook of Object.values(hooks)) assert.equal(hook.isUsed(), false);
});

test("an async function given to tap is awaited", async () => {
  const { hooks, face } = setUp();
  const steps: string[] = [];
  face("a").beforeAuth.tap("a", async () => {
    await new Promise(setImmediate);
    steps.push("a");
  });
  face("b").beforeAuth.tap("b", () => void steps.push("b"));
  await hooks.beforeAuth.promise(incoming);
  assert.deepEqual(steps, ["a", "b"]);
});

test("an async function's answer, not its promise, decides a bail hook", async () => {
  const { hooks, face } = setUp();
  face("a").resolveModel.tap("a", async () => undefined);
  face("b").resolveModel.tap("b", async (model) => model.toUpperCase());
  face("c").resolveModel.tap("c", () => assert.fail("asked after the answer was found"));
  assert.equal(await hooks.resolveModel.promise("gpt", incoming), "GPT");
});

test("a promise that is not of this realm is awaited too", async () => {
  const { hooks, face } = setUp();
  const foreign = runInNewContext("Promise.resolve('GPT')") as Promise<string>;
  assert.equal(foreign instanceof Promise, false);
  face("a").resolveModel.tap("a", () => foreign);
  assert.equal(await hooks.resolveModel.promise("gpt", incoming), "GPT");
});

test("what a tap throws names plugin and hook and keeps the cause", async () => {
  const { hooks, face } = setUp();
  const cause = new Error("boom");
  face("broken").resolveModel.tap("broken", () => {
    throw cause;
  });
  await assert.rejects(hooks.resolveModel.promise("gpt", incoming), (error: AgproxyError) => {
    assert.equal(error.code, "plugin_failed");
    assert.equal(error.message, 'Plugin "broken" failed in resolveModel.');
    assert.equal(error.cause, cause);
    return true;
  });
});

test("a refusal in agproxy's own words passes unchanged", async () => {
  const { hooks, face } = setUp();
  const refusal = new AgproxyError("account_forbidden");
  face("guard").beforeAuth.tap("guard", () => {
    throw refusal;
  });
  await assert.rejects(hooks.beforeAuth.promise(incoming), (error) => error === refusal);
});

test("taps run in config order unless they say otherwise", async () => {
  const { hooks, face } = setUp();
  const steps: string[] = [];
  face("a").beforeAuth.tap({ name: "a", stage: order.last }, () => void steps.push("a"));
  face("b").beforeAuth.tap("b", () => void steps.push("b"));
  face("c").beforeAuth.tap({ name: "c", before: "b" }, () => void steps.push("c"));
  await hooks.beforeAuth.promise(incoming);
  assert.deepEqual(steps, ["c", "b", "a"]);
});

test("the last plugin is told first of the end", async () => {
  const { hooks, face } = setUp();
  const steps: string[] = [];
  for (const name of ["a", "b", "c"]) {
    face(name).close.tap(name, async () => void steps.push(name));
  }
  await hooks.close.promise("test");
  assert.deepEqual(steps, ["c", "b", "a"]);
});

test("a tap after the start is refused", () => {
  const hooks = createHooks();
  const faces = facesFor("late", hooks, setting(true));
  assert.throws(() => faces.done.tap("late", () => {}), /"late" tapped a hook after the start/);
});

test("an async function is refused where the hook cannot wait", () => {
  const { hooks, face } = setUp();
  const promised = Promise.resolve() as never;
  face("slow").transformStream.tap("slow", () => promised);
  assert.throws(() => hooks.transformStream.call({} as never, {} as never), {
    code: "plugin_failed",
  });
});

test("a tap of `done` may be async; what it throws is told with the plugin's name, and stops no other tap", async () => {
  const hooks = createHooks();
  const shared = setting(false);
  const steps: string[] = [];
  const face = (name: string) => facesFor(name, hooks, shared);
  const [late, sync] = [new Error("late"), new Error("sync")];
  face("rejects").done.tap("rejects", async () => {
    await new Promise(setImmediate);
    throw late;
  });
  face("throws").done.tap("throws", () => {
    throw sync;
  });
  face("works").done.tap("works", () => void steps.push("works"));
  failures.length = 0;
  hooks.done.call({ exchange: { incoming: { id: "7" } } } as never);
  assert.deepEqual(steps, ["works"]);
  assert.equal(shared.pending.size, 1);
  await Promise.all(shared.pending);
  assert.equal(shared.pending.size, 0);
  assert.deepEqual(failures, [
    [{ plugin: "throws", hook: "done", id: "7" }, sync],
    [{ plugin: "rejects", hook: "done", id: "7" }, late],
  ]);
});

for (const [hook, wrong] of [
  ["authenticate", "ada"],
  ["authenticate", { name: "ada" }],
  ["resolveModel", 5],
  ["exchange", "hello"],
  ["exchange", { model: "" }],
  ["exchange", { request: {} }],
  ["exchange", { answer: "hello" }],
  ["exchange", { model: "m", messages: [], stream: false, sampling: {} }],
  ["selectAccount", {}],
  ["transformRequest", "hello"],
  ["transformStream", []],
  ["attemptFailed", { retry: "never" }],
  ["attemptFailed", true],
  ["listModels", "gpt"],
] as const) {
  test(`a tap of ${hook} that returns ${JSON.stringify(wrong)} is told apart`, async () => {
    const { hooks, face } = setUp();
    face("odd")[hook].tap("odd", (() => wrong) as never);
    const call = async () =>
      hook === "transformStream"
        ? void hooks.transformStream.call({} as never, {} as never)
        : void (await hooks[hook].promise({} as never, {} as never));
    await assert.rejects(call, (error: AgproxyError) => {
      assert.equal(error.message, `Plugin "odd" failed in ${hook}.`);
      assert.match(String(error.cause), new RegExp(`a tap of ${hook} must return`));
      return true;
    });
  });
}

test("a tap without a name is refused at once", () => {
  const { face } = setUp();
  for (const options of ["", {}, { stage: 1 }]) {
    assert.throws(
      () => face("nameless").beforeAuth.tap(options as never, () => {}),
      /Plugin "nameless" taps beforeAuth without a name/,
    );
  }
});

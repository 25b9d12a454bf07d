import assert from "node:assert/strict";
import { test } from "node:test";
import { AgproxyError } from "../errors/agproxy-error.ts";
import { definePlugin, type PluginContext } from "../hooks/plugin.ts";
import { plainChat } from "../testing/plain-chat.ts";
import { scriptedUpstream } from "../testing/scripted-upstream.ts";
import { openGateway } from "../testing/test-gateway.ts";

/** A plugin that knows whoever sends its word, and gives away what it got. */
function onlooker() {
  const got: { context?: PluginContext } = {};
  const plugin = definePlugin({
    name: "onlooker",
    apply(agproxy) {
      got.context = agproxy;
      agproxy.session(({ headers }) =>
        headers["x-word"] === "sesame" ? { id: "page", name: "page" } : undefined,
      );
      agproxy.route("GET", "/who", async ({ caller }) => ({ body: caller }));
    },
    explain: (model) => (model === "nick" ? "everyone calls it so" : undefined),
  });
  return { plugin, got };
}

const lockedDoor = definePlugin({
  name: "locked-door",
  apply: ({ hooks }) => hooks.authenticate.tap("locked-door", () => undefined),
});

test("a plugin with a login of its own says who asks, and nobody else is let in by it", async () => {
  const { plugin } = onlooker();
  await using locked = await openGateway({ plugins: [lockedDoor, plugin] });
  const known = await locked.inject({ path: "/who", headers: { "x-word": "sesame" } });
  assert.deepEqual(known.json, { id: "page", name: "page" });
  assert.equal((await locked.inject({ path: "/who" })).status, 401);
});

test("a login of a plugin makes nobody need a key", async () => {
  const { plugin } = onlooker();
  await using open = await openGateway({ plugins: [plugin] });
  const { json } = await open.inject({ path: "/who" });
  assert.deepEqual(json, { id: "anonymous", name: "anonymous" });
});

test("a plugin is told how accounts stand, and what a model name means", async () => {
  const { plugin, got } = onlooker();
  const upstream = scriptedUpstream(new AgproxyError("rate_limit_exceeded", "Slowly."), "hello");
  await using gateway = await openGateway({ plugins: [plainChat(), plugin, upstream.plugin] });
  await gateway.inject({ path: "/chat", body: { model: "m", text: "hi" } });
  const view = got.context?.gateway;
  assert.ok(view !== undefined);
  const [first] = view.report().accounts;
  assert.partialDeepStrictEqual(first, {
    label: "account-1",
    today: { attempts: 1, failures: 1 },
    lastError: { code: "rate_limit_exceeded", reason: "Slowly." },
  });
  const { model, reasons, accounts } = await view.explain("nick");
  assert.equal(model, "nick");
  assert.deepEqual(reasons, [{ plugin: "onlooker", reason: "everyone calls it so" }]);
  assert.deepEqual(
    accounts.map(({ label, standing }) => [label, standing]),
    [
      ["account-1", "free"],
      ["account-2", "free"],
    ],
  );
  assert.partialDeepStrictEqual(await view.probe("account-1"), { standing: "not probed" });
  assert.equal(await view.probe("nobody"), undefined);
});

/** The promise: a plugin says what it needs, and a start without it names the plugin, what is missing, and the line to write. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { apiVersion, defineExposed, definePlugin, type Plugin } from "agproxy";
import { startGateway } from "agproxy/testing";
import { agproxy } from "./support/agproxy-process.ts";
import { installedFolder } from "./support/folder.ts";

interface Spending {
  of(caller: string): number;
}

const spending = defineExposed<Spending>("token-budget");

const named = (name: string, more: Partial<Plugin> = {}): Plugin =>
  definePlugin({ name, apply: () => {}, ...more });

const budget = named("token-budget", {
  apply: (agproxy) => agproxy.expose(spending, { of: (caller) => caller.length }),
});

async function startError(...plugins: readonly Plugin[]): Promise<string> {
  const started = startGateway({ plugins });
  return started.then(
    async (gateway) => {
      await gateway.close();
      return assert.fail("it started");
    },
    (thrown: Error) => thrown.message,
  );
}

test("a plugin uses what another exposes, with its type", async () => {
  let tokens = 0;
  const user = named("user", {
    requires: ["token-budget"],
    apiVersion,
    apply: (agproxy) => {
      tokens = agproxy.use(spending).of("ada");
    },
  });
  await using gateway = await startGateway({ plugins: [budget, user] });
  assert.ok(gateway.url);
  assert.equal(tokens, 3);
});

test("two gateways in one process do not share what is exposed", async () => {
  const used: Spending[] = [];
  const collects = named("collects", { apply: ({ use }) => void used.push(use(spending)) });
  await using first = await startGateway({ plugins: [budget, collects] });
  await using second = await startGateway({ plugins: [budget, collects] });
  assert.ok(first.url !== second.url && used[0] !== used[1]);
});

const needy = named("my-user", { requires: ["token-budget"] });
const user = named("my-user", { apply: (agproxy) => void agproxy.use(spending) });

for (const [title, plugin] of [
  ["requires", needy],
  ["uses", user],
] as const) {
  test(`what a plugin ${title} is not in the config`, async () => {
    assert.equal(
      await startError(plugin),
      `Plugin "my-user" cannot start.
It needs the plugin "token-budget", which is not in the config. Add it before "my-user":

  plugins: [tokenBudget(), myUser(), …]`,
    );
  });

  test(`what a plugin ${title} stands after it`, async () => {
    assert.equal(
      await startError(plugin, budget),
      `Plugin "my-user" cannot start.
It needs the plugin "token-budget" before it. Change their order:

  plugins: [tokenBudget(), myUser(), …]`,
    );
  });
}

test("a plugin that needs one by a misspelt name was not told which is there", async () => {
  const error = await startError(named("rotation"), named("a", { requires: ["rotaton"] }));
  assert.match(
    error,
    /which is not in the config \(does it mean "rotation"\?\)\. Add it before "a":/,
  );
});

test("what a plugin uses is not exposed", async () => {
  assert.match(
    await startError(named("token-budget"), user),
    /^Plugin "my-user" cannot start\.\nIt uses what the plugin "token-budget" exposes, and that exposes nothing\./,
  );
});

test("a plugin exposes one value, under its own name", async () => {
  const twice = named("token-budget", {
    apply: (agproxy) => {
      agproxy.expose(spending, { of: () => 1 });
      agproxy.expose(spending, { of: () => 2 });
    },
  });
  assert.match(await startError(twice), /exposes something a second time/);
  const foreign = named("other", {
    apply: (agproxy) => agproxy.expose(spending, { of: () => 1 }),
  });
  assert.match(await startError(foreign), /exposes what belongs to the plugin "token-budget"/);
});

test("a plugin made for another major version is refused by name", async () => {
  const newer = await startError(named("from-the-future", { apiVersion: apiVersion + 1 }));
  assert.match(newer, /^Plugin "from-the-future" cannot start\.\nIt was made for a newer agproxy/);
  assert.match(newer, /Update agproxy, or install an older version of the package/);
  const older = await startError(named("from-the-past", { apiVersion: apiVersion - 1 }));
  assert.match(older, /^Plugin "from-the-past" cannot start\.\nIt was made for an older agproxy/);
  assert.match(older, /Update it, or install a newer version/);
});

test("the command says it, and nothing of the insides", async () => {
  await using folder = await installedFolder({
    "agproxy.config.ts": `
      import { defineConfig } from "agproxy";
      export default defineConfig({
        plugins: [{ name: "my-user", requires: ["auth"], apply() {} }],
      });
    `,
  });
  const { code, stdout, stderr } = await agproxy(["start", "--port", "0"], { cwd: folder.path });
  assert.equal(code, 1);
  assert.match(stdout + stderr, /Plugin "my-user" cannot start\.\nIt needs the plugin "auth"/);
  assert.match(stdout + stderr, /plugins: \[auth\(\), myUser\(\), …\]/);
  assert.doesNotMatch(stdout + stderr, /\n +at /);
});

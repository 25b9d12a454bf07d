/** The promise: reloads cost nothing that stays, however many there are. */
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { distribution } from "../src/distribution.ts";
import { Reload } from "../core/src/cli/reload.ts";
import { type ConfigSource, loadConfig } from "../core/src/config/config.ts";
import { createGateway } from "../core/src/server/gateway.ts";
import { RunningGateway } from "../core/src/server/running-gateway.ts";
import { folder } from "./support/folder.ts";
import { memoryInUse } from "./support/memory.ts";

/** A config with a plugin in a file of its own that holds a timer, a listener and some memory until `close`. */
const files = {
  "agproxy.config.ts": `
import { defaults, defineConfig, type Plugin } from "agproxy";
import { holder } from "./holder.ts";
const more: readonly Plugin[] = [holder(0)];
export default defineConfig({ port: 0, logLevel: "error", plugins: [...defaults({ sandbox: false }), ...more] });
`,
  "holder.ts": `
import { definePlugin } from "agproxy";
export function holder(version: number) {
  const kept = new Array(1000).fill(version);
  return definePlugin({
    name: "holder",
    apply({ hooks, stopping }) {
      const timer = setInterval(() => kept.length, 60_000);
      const listen = () => kept.length;
      process.on("holder", listen);
      hooks.close.tap("holder", () => {
        clearInterval(timer);
        process.off("holder", listen);
      });
    },
  });
}
`,
};

/** What stays in a process beside memory. */
function held() {
  const timers = process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const others = process.getActiveResourcesInfo().length - timers;
  const listeners = process.eventNames().map((name) => process.listenerCount(name));
  return { timers, others, listeners: listeners.reduce((sum, count) => sum + count, 0) };
}

/** With Node's own imports 22 KB stay of each reload here. After a few hundred, in which V8 compiles, it is less than 100 bytes. */
const maxBytesPerReload = 4096;

test("1,000 reloads leave no timer, no handle, no listener, and no memory", async () => {
  await using place = await folder(files);
  const source: ConfigSource = { directory: place.path, distribution, overrides: {} };
  const faults: unknown[] = [];
  const error = (fault: unknown) => void faults.push(fault);
  const log = { level: "error", debug: () => {}, info: () => {}, warn: () => {}, error };
  const config = await loadConfig(source);
  const first = await createGateway(config.server, config.plugins, log);
  const gateway = new RunningGateway(first, log);
  await using _closed = { [Symbol.asyncDispose]: () => gateway.close("test over") };
  const url = await gateway.listen();
  const reload = new Reload({
    gateway,
    source: () => source,
    envFile: undefined,
    log,
    before: async () => {},
    after: async () => {},
    complain: () => {},
  });
  const rounds = async (count: number) => {
    for (let round = 0; round < count; round += 1) {
      // Each is another text, as after an edit.
      const text = files["agproxy.config.ts"].replace("holder(0)", `holder(${round})`);
      await writeFile(join(place.path, "agproxy.config.ts"), text);
      await reload.ask("test");
    }
  };
  await rounds(300);
  const [bytes, things] = [await memoryInUse(), held()];
  await rounds(1000);
  const perReload = ((await memoryInUse()) - bytes) / 1000;
  assert.deepEqual(faults, []);
  assert.equal(gateway.retired, 0);
  assert.deepEqual(held(), things);
  assert.ok(perReload < maxBytesPerReload, `${Math.round(perReload)} bytes stay of each`);
  assert.equal((await fetch(`${url}/healthz`)).status, 200);
});

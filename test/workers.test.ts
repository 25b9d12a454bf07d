/** The promise: several processes behind one port are one agproxy, whatever becomes of one of them. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { agproxy, type AgproxyProcess, startAgproxy } from "./support/agproxy-process.ts";
import { type Folder, installedFolder } from "./support/folder.ts";
import { isRunning, linesOf, untilLine } from "./support/log-lines.ts";

const config = (logLevel = "info") =>
  JSON.stringify({ logLevel, plugins: ["openai", "responses", "rotation", "sandbox"] });

function start(place: Folder, workers: string): Promise<AgproxyProcess> {
  return startAgproxy({ cwd: place.path, args: ["--port", "0", "--workers", workers] });
}

async function ask(url: string, path = "/v1/responses", body?: object): Promise<unknown> {
  const answer = await fetch(url + path, {
    // Each connection goes to the next worker.
    headers: { connection: "close" },
    ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
  });
  assert.equal(answer.status, 200);
  return answer.json();
}

/** Asks until every worker has answered; resolves with their processes by their numbers. */
async function workersOf(gateway: AgproxyProcess, count: number): Promise<Map<number, number>> {
  for (;;) {
    await ask(gateway.url, "/v1/chat/completions", {
      model: "gemini-2.5-flash",
      messages: [{ role: "user", content: "Say hello" }],
    });
    await untilLine(gateway, ({ msg }) => msg === "exchange");
    const lines = linesOf(gateway).filter(({ msg }) => msg === "exchange");
    const workers = new Map(lines.map(({ worker, pid }) => [Number(worker), Number(pid)]));
    if (workers.size === count) return workers;
  }
}

suite("agproxy start --workers", { concurrency: 2, timeout: 100_000 }, () => {
  test("the only worker dies: another one takes its place", async () => {
    await using place = await installedFolder({ "agproxy.config.json": config() });
    await using gateway = await start(place, "1");
    const [pid] = (await workersOf(gateway, 1)).values();
    process.kill(pid ?? 0, "SIGKILL");
    await untilLine(gateway, ({ msg }) => /another one takes its place/.test(String(msg)));
    await untilLine(gateway, (line) => line["worker"] === 1 && line["pid"] !== pid);
    gateway.signal("SIGTERM");
    assert.equal((await gateway.finished).code, 0);
  });

  test("every worker answers under one port, and says in the log which it is; a signal stops all", async () => {
    await using place = await installedFolder({ "agproxy.config.json": config() });
    await using gateway = await start(place, "3");
    const workers = await workersOf(gateway, 3);
    assert.deepEqual(new Set(workers.keys()), new Set([1, 2, 3]));
    gateway.signal("SIGTERM");
    const { code, stderr } = await gateway.finished;
    assert.equal(code, 0);
    for (const pid of workers.values()) assert.equal(isRunning(pid), false);
    assert.equal(stderr.match(/listens on/g)?.length, 1, "one banner for all");
  });

  test("what one worker stores the others have", async () => {
    await using place = await installedFolder({ "agproxy.config.json": config() });
    await using gateway = await start(place, "2");
    await workersOf(gateway, 2);
    const made = await ask(gateway.url, "/v1/responses", {
      model: "gemini-2.5-flash",
      input: "Say hello",
    });
    const { id } = made as { readonly id: string };
    for (let turn = 0; turn < 6; turn += 1) {
      const read = await ask(gateway.url, `/v1/responses/${id}`);
      assert.equal((read as { readonly id: string }).id, id);
    }
  });

  test("a worker that ends is replaced, and the log says why", async () => {
    await using place = await installedFolder({ "agproxy.config.json": config() });
    await using gateway = await start(place, "2");
    const workers = await workersOf(gateway, 2);
    process.kill(workers.get(2)!, "SIGKILL");
    const line = await untilLine(gateway, ({ msg }) => String(msg).startsWith("a worker ended"));
    assert.deepEqual([line["worker"], line["signal"]], [2, "SIGKILL"]);
    for (;;) {
      const next = await workersOf(gateway, 2);
      if (next.get(2) !== workers.get(2)) break;
    }
  });

  test("SIGHUP reloads every worker", async () => {
    await using place = await installedFolder({ "agproxy.config.json": config() });
    await using gateway = await start(place, "2");
    await workersOf(gateway, 2);
    gateway.signal("SIGHUP");
    for (const number of [1, 2]) {
      await untilLine(gateway, ({ msg, worker }) => msg === "reloaded" && worker === number);
    }
  });

  test("a config with mistakes, and a number that is none, are told once", async () => {
    await using place = await installedFolder({ "agproxy.config.json": '{ "prot": 1 }' });
    const { path: cwd } = place;
    const wrong = await agproxy(["start", "--port", "0", "--workers", "2"], { cwd });
    assert.equal(wrong.code, 1);
    assert.equal(wrong.stderr.match(/Did you mean port/g)?.length, 1, wrong.stderr);
    const none = await agproxy(["start", "--workers", "many"], { cwd });
    assert.equal(none.code, 2);
    assert.match(none.stderr, /--workers many: give a number from 1 to 256, or auto/);
  });

  test("a plugin that cannot start ends them all with its error", async () => {
    await using place = await installedFolder({
      "agproxy.config.mjs": `export default { plugins: [{ name: "broken", apply() { throw new Error("No."); } }] };`,
    });
    const end = await agproxy(["start", "--port", "0", "--workers", "2"], { cwd: place.path });
    assert.equal(end.code, 1);
    assert.equal(end.stderr.match(/Plugin "broken" cannot start/g)?.length, 1, end.stderr);
  });
});

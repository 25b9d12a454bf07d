/** The promise: `agproxy status` tells what every account of a running gateway does, to its user and to nobody else. */
import assert from "node:assert/strict";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { request, type IncomingMessage } from "node:http";
import { hostname } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import { suite, test } from "node:test";
import { agproxy, startAgproxy } from "./support/agproxy-process.ts";
import { installedFolder } from "./support/folder.ts";
import { at } from "./support/json-path.ts";

const config = `
import { AgproxyError, defaults } from "agproxy";
import { scriptedUpstream } from "agproxy/testing";
const busy = new AgproxyError("rate_limit_exceeded", "No more today.", { retryAfter: 3600000 });
export default { plugins: [...defaults({ sandbox: false }), scriptedUpstream(busy, "hello there").plugin] };`;

const posix = process.platform !== "win32";

suite("agproxy status", { concurrency: 2, timeout: 100_000 }, async () => {
  const place = await installedFolder({ "agproxy.config.js": config });
  const home = (name: string) => ({
    cwd: place.path,
    env: { XDG_STATE_HOME: join(place.path, name) },
  });
  const running = (name: string) => join(place.path, name, "agproxy", "running");

  test("accounts with standing, rests, requests and tokens; as text and as JSON", async () => {
    const options = home("a");
    await using gateway = await startAgproxy(options);
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "m", messages: [{ role: "user", content: "hi" }] }),
    });
    assert.equal(response.status, 200, await response.text());
    await gateway.said(/"msg":"exchange"/);
    const { code, stdout } = await agproxy(["status", "--json"], options);
    assert.equal(code, 0);
    const [status] = JSON.parse(stdout) as readonly unknown[];
    assert.equal(at(status, "url"), gateway.url);
    assert.deepEqual(at(status, "waiting"), {});
    const [first, second] = at(status, "accounts") as readonly unknown[];
    assert.deepEqual(
      [at(first, "label"), at(first, "standing"), at(first, "inFlight")],
      ["account-1", "resting", 0],
    );
    assert.equal(at(first, "rests", "0", "reason"), "No more today.");
    assert.equal(at(first, "lastError", "code"), "rate_limit_exceeded");
    assert.deepEqual(at(first, "today"), {
      attempts: 1,
      failures: 1,
      inputTokens: 0,
      outputTokens: 0,
    });
    assert.equal(at(second, "standing"), "free");
    assert.equal(at(second, "today", "inputTokens"), 3);

    const text = (await agproxy(["status"], options)).stdout;
    assert.match(text, /^agproxy \S+ on http:\S+, process \d+, up /);
    assert.match(text, /^ {2}account-1 +scripted +resting +0 +1 +1 +0 +0$/m);
    assert.match(text, /^ {2}account-1 rests until .* for m: No more today\.$/m);
  });

  test(
    "nobody is told without the secret, and no port of the gateway leads there",
    { skip: !posix },
    async () => {
      const options = home("b");
      await using gateway = await startAgproxy(options);
      const names = await readdir(running("b"));
      assert.equal(names.length, 2, String(names));
      for (const name of names) {
        const { mode } = await stat(join(running("b"), name));
        assert.equal(mode & 0o077, 0, name);
      }
      assert.equal((await stat(running("b"))).mode & 0o077, 0);
      const file = names.find((name) => name.endsWith(".json")) ?? "";
      const { address, secret } = JSON.parse(await readFile(join(running("b"), file), "utf8")) as {
        readonly address: string;
        readonly secret: string;
      };
      const ask = async (authorization: string, path = "/status") => {
        const asked = request({ socketPath: address, path, headers: { authorization } }).end();
        const [response] = (await once(asked, "response")) as [IncomingMessage];
        response.resume();
        return response.statusCode;
      };
      assert.equal(await ask("Bearer "), 401);
      assert.equal(await ask(`Bearer ${secret.slice(1)}`), 401);
      assert.equal(await ask(`Bearer ${secret}`), 200);
      assert.equal(await ask(`Bearer ${secret}`, "/constructor"), 404);
      const authorization = `Bearer ${secret}`;
      const open = await fetch(`${gateway.url}/status`, { headers: { authorization } });
      assert.equal(open.status, 404, await open.text());
    },
  );

  test("without a gateway it says so; what a killed one or another machine left is no gateway", async () => {
    const options = home("c");
    const none = await agproxy(["status"], options);
    assert.equal(none.code, 1);
    assert.match(none.stderr, /No agproxy of this user runs here\. Start it: agproxy start/);
    const gateway = await startAgproxy(options);
    await gateway[Symbol.asyncDispose]();
    const left = (await readdir(running("c"))).find((name) => name.endsWith(".json")) ?? "";
    const elsewhere = JSON.parse(await readFile(join(running("c"), left), "utf8")) as object;
    const other = { ...elsewhere, host: `not-${hostname()}` };
    await writeFile(join(running("c"), "other.json"), JSON.stringify(other), { mode: 0o600 });
    assert.equal((await agproxy(["status"], options)).code, 1);
    assert.deepEqual(await readdir(running("c")), ["other.json"]);
  });

  test("a stop leaves nothing behind", async () => {
    const gateway = await startAgproxy(home("d"));
    gateway.signal("SIGTERM");
    assert.equal((await gateway.finished).code, 0);
    assert.deepEqual(await readdir(running("d")), []);
  });

  test("a gateway that can keep no state serves all the same", async () => {
    await writeFile(join(place.path, "file"), "");
    await using gateway = await startAgproxy(home("file"));
    await gateway.said(/`agproxy status` cannot ask this gateway/);
    assert.equal((await fetch(`${gateway.url}/healthz`)).status, 200);
  });

  test("a state folder with a long path has its socket elsewhere", { skip: !posix }, async () => {
    const options = home("e".repeat(120));
    await using gateway = await startAgproxy(options);
    const { stdout } = await agproxy(["status"], options);
    assert.ok(stdout.includes(gateway.url), stdout);
  });
});

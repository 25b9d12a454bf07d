/** The promise: what a start does not need it does not load (docs/decisions/0010-bundled-packages.md). */
import assert from "node:assert/strict";
import { join } from "node:path";
import { suite, test } from "node:test";
import { startAgproxy } from "./support/agproxy-process.ts";
import { repository } from "./support/repository.ts";

const watched = [
  process.execPath,
  "--conditions=@agproxy/source",
  `--import=${join(repository, "test/support/loaded-clients.ts")}`,
  join(repository, "bin/agproxy.js"),
] as const;

suite("HTTP clients", { timeout: 60_000 }, () => {
  test("a start loads none", async () => {
    await using gateway = await startAgproxy({ cwd: repository, command: watched });
    gateway.signal("SIGTERM");
    const { stderr } = await gateway.finished;
    assert.match(stderr, /HTTP clients: 0 of Node, 0 files of undici/);
  });

  test("the first request loads undici's for upstreams", async () => {
    await using gateway = await startAgproxy({ cwd: repository, command: watched });
    const body = { model: "gpt-4o", messages: [{ role: "user", content: "Say hello" }] };
    const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    assert.equal(answer.status, 200, await answer.text());
    gateway.signal("SIGTERM");
    const { stderr } = await gateway.finished;
    assert.match(stderr, /HTTP clients: 0 of Node, [1-9]\d* files of undici/);
  });
});

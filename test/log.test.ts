/** The promise: standard output has the log and nothing else, one line for each request, in the form that its reader can use. */
import assert from "node:assert/strict";
import { readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { agproxy, startAgproxy } from "./support/agproxy-process.ts";
import { finishedProcess } from "./support/child-process.ts";
import { installedFolder } from "./support/folder.ts";
import { repository } from "./support/repository.ts";

async function ask(url: string): Promise<void> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "Say hello" }] }),
  });
  assert.equal(response.status, 200, await response.text());
}

/** Why no terminal can be had, or false. */
async function withoutTerminal(cwd: string): Promise<string | false> {
  const isThere = await finishedProcess("script", ["-qec", "true", "/dev/null"], { cwd }).then(
    ({ code }) => code === 0,
    () => false,
  );
  return isThere ? false : "util-linux's `script`, which makes a terminal, is not here";
}

suite("the log", { concurrency: 2, timeout: 100_000 }, async () => {
  const place = await installedFolder();
  const skip = await withoutTerminal(place.path);

  test("without a terminal every line of standard output is JSON: `agproxy start | jq` works", async () => {
    await using gateway = await startAgproxy({ cwd: place.path });
    await ask(gateway.url);
    await gateway.said(/"msg":"exchange"/);
    gateway.signal("SIGTERM");
    const { stdout, stderr } = await gateway.finished;
    const messages = stdout
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { msg: string }).msg);
    assert.deepEqual(messages, ["exchange", "stopping: no new requests, open streams may finish"]);
    assert.match(stderr, /^agproxy \S+ listens on /);
  });

  test("--log-file has the same lines, and is opened again after it was moved away", async () => {
    const file = join(place.path, "gateway.log");
    const args = ["--port", "0", "--log-file", file];
    await using gateway = await startAgproxy({ cwd: place.path, args });
    await ask(gateway.url);
    await gateway.said(/"msg":"exchange"/);
    await rename(file, `${file}.1`);
    gateway.signal("SIGHUP");
    await gateway.said(/"msg":"reloaded"/);
    await ask(gateway.url);
    gateway.signal("SIGTERM");
    const { stdout } = await gateway.finished;
    const [first, second] = [await readFile(`${file}.1`, "utf8"), await readFile(file, "utf8")];
    assert.equal(first + second, stdout);
    assert.match(first, /"msg":"exchange"/);
    assert.match(second, /"msg":"exchange"/);
  });

  test("a log file that cannot be written is told before anything listens", async () => {
    const args = ["start", "--port", "0", "--log-file", join(place.path, "nowhere", "x.log")];
    const { code, stderr } = await agproxy(args, { cwd: place.path });
    assert.equal(code, 1);
    assert.match(
      stderr,
      /x\.log cannot be written \(ENOENT\)\. Choose another one with --log-file\./,
    );
  });

  for (const [variant, env, flags, expected] of [
    ["has calm lines", { NO_COLOR: "1" }, "", /^\d\d:\d\d:\d\d 200 gpt-4o → gemini\S+ +sandbox/m],
    ["is coloured", { TERM: "xterm-256color" }, "", /\x1b\[32m200/],
    ["has JSON where that is asked for", {}, " --json", /^\{.*"msg":"exchange"\}/m],
  ] as const) {
    test(`a terminal ${variant}`, { skip }, async () => {
      const program = join(repository, "bin/agproxy.js");
      const line = `${process.execPath} --conditions=@agproxy/source ${program} start --port 0${flags}`;
      // What `startAgproxy` adds is only the name of this shell.
      const command = ["sh", "-c", `exec script -qec "${line}" /dev/null`] as const;
      await using gateway = await startAgproxy({ cwd: place.path, command, args: [], env });
      await ask(gateway.url);
      await gateway.said(expected);
    });
  }
});

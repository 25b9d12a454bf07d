/** The promise: accounts of the accounts file come and go while agproxy runs, and nobody reads their secrets. */
import assert from "node:assert/strict";
import { chmod, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { agproxy, type AgproxyProcess, startAgproxy } from "./support/agproxy-process.ts";
import type { FinishedProcess } from "./support/child-process.ts";
import { type Folder, folder } from "./support/folder.ts";
import { type GeminiCall, geminiServer, type GeminiServer } from "./support/gemini-server.ts";
import { at } from "./support/json-path.ts";

const said = (text: string, finishReason?: string) =>
  `data: ${JSON.stringify({ candidates: [{ content: { parts: [{ text }] }, finishReason }] })}\n\n`;

/** Answers with the key that asked. A key that begins with `bad` is refused, one with `slow` is left open. */
function telling({ key, streamed, response }: GeminiCall): void {
  if (key.startsWith("bad")) {
    response.statusCode = 400;
    const message = "API key not valid. Please pass a valid API key.";
    const details = [
      { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "API_KEY_INVALID" },
    ];
    response.end(
      JSON.stringify({ error: { code: 400, message, status: "INVALID_ARGUMENT", details } }),
    );
    return;
  }
  if (streamed) {
    response.writeHead(200, { "content-type": "text/event-stream" });
    if (key.startsWith("slow")) return void response.write(said("begun"));
    return void response.end(said(key, "STOP"));
  }
  const candidates = [{ content: { parts: [{ text: key }] }, finishReason: "STOP" }];
  response.end(JSON.stringify({ candidates, models: [] }));
}

interface Place extends AsyncDisposable {
  readonly file: string;
  accounts(words: readonly string[], input?: string): Promise<FinishedProcess>;
  start(): Promise<AgproxyProcess>;
}

/** A folder without a config: what `npx agproxy` starts with. */
async function place(upstream: GeminiServer): Promise<Place> {
  const own: Folder = await folder({});
  const file = join(own.path, "state", "accounts.json");
  const env = { AGPROXY_ACCOUNTS_FILE: file, GEMINI_BASE_URL: upstream.url };
  return {
    file,
    accounts: (words, input) => agproxy(["accounts", ...words], { cwd: own.path, env, input }),
    start: () => startAgproxy({ cwd: own.path, env }),
    [Symbol.asyncDispose]: () => own[Symbol.asyncDispose](),
  };
}

const body = { model: "gemini-2.5-flash", messages: [{ role: "user", content: "Who?" }] };

function chat({ url }: AgproxyProcess, more: object = {}): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...body, ...more }),
  });
}

async function answer(gateway: AgproxyProcess): Promise<unknown> {
  return at(await (await chat(gateway)).json(), "choices", 0, "message", "content");
}

const ready = async ({ url }: AgproxyProcess): Promise<unknown> =>
  (await fetch(`${url}/readyz`)).json();

test("the first key takes the sandbox's place without a restart, and the sandbox comes back when the last one goes", async () => {
  await using upstream = await geminiServer(telling);
  await using own = await place(upstream);
  await using gateway = await own.start();
  assert.match(gateway.banner, /SANDBOX/);
  const added = await own.accounts(["add", "gemini", "label=work"], "first-secret\n");
  assert.equal(added.code, 0, added.stderr);
  await gateway.said(/"added":\["work"\]/);
  assert.equal(await answer(gateway), "first-secret");
  const removed = await own.accounts(["remove", "work"]);
  assert.equal(removed.code, 0, removed.stderr);
  await gateway.said(/"removed":\["work"\]/);
  await gateway.said(/"msg":"the last account is gone, and stand-ins answer"/);
  const back = await chat(gateway);
  assert.equal(back.status, 200);
  assert.match(back.headers.get("x-account-email") ?? "", /sandbox/);
  assert.doesNotMatch(gateway.output + added.stdout + added.stderr, /first-secret/);
});

test("what is under way on a removed account ends well", async () => {
  await using upstream = await geminiServer(telling);
  await using own = await place(upstream);
  await own.accounts(["add", "gemini", "label=slow"], "slow-secret");
  await using gateway = await own.start();
  const stream = await chat(gateway, { stream: true });
  await own.accounts(["remove", "slow"]);
  await gateway.said(/"removed":\["slow"\]/);
  assert.deepEqual(at(await ready(gateway), "accounts"), 3, "the sandbox has three");
  upstream.calls[0]?.response.end(said(" and ended", "STOP"));
  assert.match(await stream.text(), /begun[^]* and ended[^]*\[DONE\]/);
});

test("a disabled account stays, is asked for nothing, and everybody says so in one word", async () => {
  await using upstream = await geminiServer(telling);
  await using own = await place(upstream);
  await own.accounts(["add", "gemini"], "one-secret\ntwo-secret\n");
  await own.accounts(["disable", "gemini 1"]);
  await using gateway = await own.start();
  for (let turn = 0; turn < 4; turn += 1) assert.equal(await answer(gateway), "two-secret");
  assert.deepEqual(await ready(gateway), {
    status: "ready",
    accounts: 2,
    usable: 1,
    standings: { free: 1, disabled: 1 },
  });
  const list = await own.accounts(["list"]);
  assert.match(list.stdout, /gemini 1 +gemini +disabled/);
  const probed = await own.accounts(["test"]);
  assert.equal(probed.code, 0, probed.stdout);
  assert.match(
    probed.stdout,
    /^ {2}gemini 1 {2}gemini {2}disabled\n {2}gemini 2 {2}gemini {2}free\n$/,
  );
  await own.accounts(["disable", "gemini 2"]);
  await gateway.said(/"added":\["gemini 2"\],"removed":\["gemini 2"\]/);
  const refused = await chat(gateway);
  assert.equal(refused.status, 503);
  assert.match(await refused.text(), /Every account that could serve it is disabled/);
  await own.accounts(["enable", "gemini 1", "gemini 2"]);
  await gateway.said(/"added":\["gemini 1","gemini 2"\],"removed":\["gemini 1","gemini 2"\]/);
  assert.match(String(await answer(gateway)), /^(one|two)-secret$/);
});

test("a refused key is faulty, also for programs", async () => {
  await using upstream = await geminiServer(telling);
  await using own = await place(upstream);
  await own.accounts(["add", "gemini"], "bad-secret\nother-secret");
  await own.accounts(["disable", "gemini 2"]);
  const probed = await own.accounts(["test", "gemini 1", "--json"]);
  assert.equal(probed.code, 1);
  assert.equal(at(JSON.parse(probed.stdout), 0, "standing"), "faulty");
  assert.doesNotMatch(probed.stdout, /bad-secret/);
});

test("a garbled file: the last good accounts stay, the log says so, and a mended one counts", async () => {
  await using upstream = await geminiServer(telling);
  await using own = await place(upstream);
  await own.accounts(["add", "gemini", "label=work"], "good-secret");
  await using gateway = await own.start();
  const good = await readFile(own.file, "utf8");
  await writeFile(own.file, good.slice(0, -20));
  await gateway.said(/the accounts stay as they were/);
  assert.equal(await answer(gateway), "good-secret");
  await writeFile(own.file, good.replace("good-secret", "spare secret"));
  await gateway.said(/The account \\"work\\" of [^"]*: gemini: `key` must be a key without blanks/);
  assert.equal(await answer(gateway), "good-secret");
  await writeFile(own.file, good.replace("good-secret", "spare-secret"));
  await gateway.said(/"added":\["work"\],"removed":\["work"\]/);
  assert.equal(await answer(gateway), "spare-secret");
  assert.doesNotMatch(gateway.output, /(good|spare).secret/);
});

test("an agproxy whose accounts file is garbled does not start, and names it", async () => {
  await using upstream = await geminiServer(telling);
  await using own = await place(upstream);
  await own.accounts(["add", "gemini"], "hidden-secret");
  await writeFile(own.file, '{"hidden-secret"');
  await assert.rejects(own.start(), (error: Error) => {
    assert.match(
      error.message,
      /The accounts file [^ ]*accounts\.json cannot be used: it is no JSON/,
    );
    return !error.message.includes("hidden-secret");
  });
});

test("the file is its owner's alone, and one that others may write is not believed", async () => {
  await using upstream = await geminiServer(telling);
  await using own = await place(upstream);
  await own.accounts(["add", "gemini"], "a-secret");
  assert.equal((await stat(own.file)).mode & 0o777, 0o600);
  await chmod(own.file, 0o666);
  const list = await own.accounts(["list"]);
  assert.equal(list.code, 1);
  assert.match(list.stderr, /others may write into it: chmod 600/);
});

test("no command shows a secret, nor a proxy's credentials", async () => {
  await using upstream = await geminiServer(telling);
  await using own = await place(upstream);
  const account = {
    key: "top-secret",
    label: "work",
    proxy: "http://me:proxy-secret@127.0.0.1:9",
    headers: { "x-team": "header-secret" },
  };
  const outputs = [
    await own.accounts(["add", "gemini", "--json"], JSON.stringify(account)),
    await own.accounts(["list"]),
    await own.accounts(["list", "--json"]),
    await own.accounts(["test"]),
    await own.accounts(["add", "gemini"], "top-secret"),
    await own.accounts(["add", "gemini", "key=top-secret"]),
    await own.accounts(["remove", "work", "--json"]),
  ];
  for (const { stdout, stderr } of outputs) assert.doesNotMatch(stdout + stderr, /-secret/);
  assert.match(outputs[1]?.stdout ?? "", /work +gemini +enabled +all +- +127\.0\.0\.1:9/);
  assert.match(outputs[4]?.stderr ?? "", /This account is there already, as "work"/);
});

test("headers that HTTP cannot carry are refused before they are in the file, where they would stop the next start", async () => {
  await using upstream = await geminiServer(telling);
  await using own = await place(upstream);
  for (const headers of [{ host: "elsewhere" }, { "x team": "a" }, { "x-team": "a\nb" }]) {
    const account = JSON.stringify({ key: "a-secret", headers });
    const { code, stderr } = await own.accounts(["add", "gemini"], account);
    assert.equal(code, 1);
    assert.match(stderr, /`headers` must be headers that HTTP can carry/);
  }
  const list = await own.accounts(["list", "--json"]);
  assert.equal(list.stdout.trim(), "[]");
  await using gateway = await own.start();
  assert.match(gateway.banner, /SANDBOX/);
});

test("an account of both config and file is in the pool once", async () => {
  await using upstream = await geminiServer(telling);
  await using own = await folder({});
  const env = {
    AGPROXY_ACCOUNTS_FILE: join(own.path, "accounts.json"),
    GEMINI_BASE_URL: upstream.url,
    GEMINI_API_KEY: "same-secret",
  };
  await agproxy(["accounts", "add", "gemini"], { cwd: own.path, env, input: "same-secret" });
  await using gateway = await startAgproxy({ cwd: own.path, env });
  assert.deepEqual(at(await ready(gateway), "accounts"), 1);
  await rm(env.AGPROXY_ACCOUNTS_FILE);
  assert.equal(await answer(gateway), "same-secret");
});

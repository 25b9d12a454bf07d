import assert from "node:assert/strict";
import { mkdtemp, rm, stat, readFile, writeFile } from "node:fs/promises";
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { AgproxyError, definePlugin, type Plugin } from "@agproxy/core";
import {
  type OpenGateway,
  openGateway,
  plainChat,
  readSseText,
  scriptedUpstream,
  startGateway,
} from "@agproxy/core/testing";
import { dashboard } from "./index.ts";
import { dashboardCommand } from "./dashboard-command.ts";
import type { Start } from "./page-api.ts";
import { Passes } from "./passes.ts";

const key = "a-key-for-the-dashboard";

const lockedDoor = definePlugin({
  name: "locked-door",
  apply: ({ hooks }) => hooks.authenticate.tap("locked-door", () => undefined),
});

async function gatewayWith(...plugins: readonly Plugin[]) {
  const upstream = scriptedUpstream("hello");
  return openGateway({ plugins: [plainChat(), ...plugins, upstream.plugin, dashboard({ key })] });
}

/** Signs in; what comes back are the headers of a browser and of its page. */
async function signedIn(gateway: OpenGateway, proof: object = { key }) {
  const { status, headers } = await gateway.inject({ path: "/dashboard/api/sign-in", body: proof });
  assert.equal(status, 200);
  const [cookie = ""] = (headers.get("set-cookie") ?? "").split(";");
  const { json } = await gateway.inject({ path: "/dashboard/api/session", headers: { cookie } });
  const { page } = json as { readonly page: string };
  return { cookie, all: { cookie, "x-agproxy-page": page } };
}

const reads = ["session", "live", "models", "explain?model=m", "callers", "clients", "exchanges"];

test("nothing is told to whoever is not signed in, not even where nobody needs a key", async () => {
  await using gateway = await gatewayWith();
  for (const path of reads) {
    const { status, json } = await gateway.inject({ path: `/dashboard/api/${path}` });
    assert.equal(status, 401, path);
    assert.partialDeepStrictEqual(json, { error: { code: "dashboard_sign_in" } });
  }
  for (const path of ["accounts", "accounts/account-1/test", "accounts/a/disable", "sign-out"]) {
    const { status } = await gateway.inject({ path: `/dashboard/api/${path}`, body: {} });
    assert.equal(status, 401, path);
  }
});

test("the page needs no API key, and API routes still do", async () => {
  await using gateway = await gatewayWith(lockedDoor);
  const page = await gateway.inject({ path: "/dashboard" });
  assert.equal(page.status, 200);
  assert.match(page.body, /<script type="module" src="dashboard\/assets\/app-[0-9a-f]{12}\.js">/);
  assert.equal((await gateway.inject({ path: "/chat", body: { text: "hi" } })).status, 401);
});

test("the page runs no script and no style but its own files, is framed by nobody and kept by no cache", async () => {
  await using gateway = await gatewayWith();
  const { headers, body } = await gateway.inject({ path: "/dashboard" });
  const policy = headers.get("content-security-policy") ?? "";
  for (const rule of [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ]) {
    assert.ok(policy.includes(rule), rule);
  }
  assert.doesNotMatch(policy, /unsafe|https?:|\*/);
  assert.doesNotMatch(body, /<script(?![^>]*src=)|<style|style=|\son\w+=/);
  assert.doesNotMatch(body, /(?:src|href)="(?:https?:)?\/\//);
  assert.equal(headers.get("cache-control"), "no-store");
  assert.equal(headers.get("x-content-type-options"), "nosniff");
});

test("the cookie is for the page alone, and no script can read it", async () => {
  await using gateway = await gatewayWith();
  const { headers } = await gateway.inject({ path: "/dashboard/api/sign-in", body: { key } });
  const cookie = headers.get("set-cookie") ?? "";
  assert.match(cookie, /; Path=\/dashboard; Max-Age=\d+; HttpOnly; SameSite=Strict$/);
  assert.ok(!cookie.includes(key));
});

test("wrong keys do not open it, and only a few are tried", async () => {
  await using gateway = await gatewayWith();
  const attempt = (proof: object, remoteAddress: string) =>
    gateway.inject({ path: "/dashboard/api/sign-in", body: proof, remoteAddress });
  for (const proof of [{ key: "wrong" }, { key: `${key} ` }, {}, { key: 1 }, { link: "a.b.c" }]) {
    assert.equal((await attempt(proof, "10.0.0.1")).status, 401);
  }
  for (let more = 5; more < 10; more += 1) await attempt({ key: "wrong" }, "10.0.0.1");
  const blocked = await attempt({ key }, "10.0.0.1");
  assert.equal(blocked.status, 429);
  assert.ok(Number(blocked.headers.get("retry-after")) > 0);
  assert.equal((await attempt({ key }, "10.0.0.2")).status, 200);
});

test("strangers that do not finish their sign-in keep nobody else out", async () => {
  const limits = {
    requests: 2,
    sockets: 2,
    connections: 64,
    bodyBytes: 2 ** 20,
    backgroundRuns: 1,
  };
  await using gateway = await startGateway({ limits, plugins: [dashboard({ key })] });
  const unfinished = Array.from({ length: 2 }, () =>
    httpRequest(`${gateway.url}/dashboard/api/sign-in`, {
      method: "POST",
      headers: { "content-type": "application/json", "content-length": 20, expect: "100-continue" },
    }),
  );
  for (const request of unfinished) {
    request.on("error", () => undefined).flushHeaders();
    await once(request, "continue");
  }
  const statusFrom = async (remoteAddress: string) =>
    (await gateway.inject({ path: "/dashboard", remoteAddress })).status;
  assert.equal(await statusFrom("127.0.0.1"), 429);
  assert.equal(await statusFrom("10.0.0.2"), 200);
  const proof = { path: "/dashboard/api/sign-in", body: { key }, remoteAddress: "10.0.0.2" };
  assert.equal((await gateway.inject(proof)).status, 200);
  for (const request of unfinished) request.destroy();
});

test("a sign-in that is long, or does not say how long it is, is not read", async () => {
  await using gateway = await gatewayWith();
  const body = JSON.stringify({ key, more: "x".repeat(4096) });
  const path = "/dashboard/api/sign-in";
  const headers = { "content-type": "application/json" };
  assert.equal((await gateway.inject({ path, headers, body })).status, 413);
  const chunked = { ...headers, "transfer-encoding": "chunked" };
  const short = JSON.stringify({ key });
  assert.equal((await gateway.inject({ path, headers: chunked, body: short })).status, 413);
  assert.equal((await gateway.inject({ path, headers, body: short })).status, 200);
});

test("a link opens it once, and is no cookie", async () => {
  await using gateway = await gatewayWith();
  const link = new Passes(key).give("link");
  const { cookie } = await signedIn(gateway, { link });
  const again = await gateway.inject({ path: "/dashboard/api/sign-in", body: { link } });
  assert.equal(again.status, 401);
  const name = cookie.split("=")[0];
  const forged = { cookie: `${name}=${link}` };
  const read = await gateway.inject({ path: "/dashboard/api/callers", headers: forged });
  assert.equal(read.status, 401);
});

test("passes end, and another key ends them", () => {
  let now = 1_000_000;
  const passes = new Passes(key, () => now);
  const pass = passes.give("link");
  assert.ok(passes.isGood("link", pass));
  assert.ok(!passes.isGood("browser", pass));
  assert.ok(!new Passes(`${key}2`, () => now).isGood("link", pass));
  now += 10 * 60_000;
  assert.ok(!passes.isGood("link", pass));
  for (const odd of ["", "..", "a.b", `${pass}.`, pass.replace(/^./, "z")]) {
    assert.ok(!passes.isGood("link", odd), odd);
  }
});

test("what changes something needs the page's own header: a form of another page can send none", async () => {
  await using gateway = await gatewayWith();
  const { cookie, all } = await signedIn(gateway);
  const act = (headers: Readonly<Record<string, string>>) =>
    gateway.inject({ path: "/dashboard/api/accounts/account-1/test", body: {}, headers });
  assert.equal((await act({ cookie })).status, 403);
  assert.equal((await act({ cookie, "x-agproxy-page": "1" })).status, 403);
  assert.equal((await act({ "x-agproxy-page": all["x-agproxy-page"] })).status, 401);
  const { status, json } = await act(all);
  assert.equal(status, 200);
  assert.deepEqual(json, { standing: "not probed", text: "not probed" });
});

test("what is tried on the page needs no API key, and counts as the dashboard's", async () => {
  await using gateway = await gatewayWith(lockedDoor);
  const { all } = await signedIn(gateway);
  const headers = { "x-agproxy-page": all["x-agproxy-page"] };
  const { status, json } = await gateway.inject({ path: "/chat", headers, body: { text: "hi" } });
  assert.equal(status, 200);
  assert.partialDeepStrictEqual(json, { text: "hello" });
  const line = gateway.log.find(({ msg }) => msg === "exchange");
  assert.equal(line?.["caller"], "dashboard");
});

/** Reads a page's stream until a pattern has come. */
async function streamUntil(url: string, cookie: string, pattern: RegExp): Promise<string> {
  const stop = new AbortController();
  const answer = await fetch(`${url}/dashboard/api/live`, {
    headers: { cookie },
    signal: stop.signal,
  });
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get("content-type") ?? "", /^text\/event-stream/);
  let text = "";
  for await (const piece of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += piece;
    if (pattern.test(text)) break;
  }
  stop.abort();
  return text;
}

test("a page begins with what was, and is told what comes: exchanges, refusals, how accounts stand", async () => {
  const upstream = scriptedUpstream(new AgproxyError("upstream_failed", "It fell over."), "hello");
  const plugins = [plainChat(), upstream.plugin, dashboard({ key })];
  await using gateway = await startGateway({ plugins });
  const ask = () =>
    fetch(`${gateway.url}/chat`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"model":"m","text":"hi"}',
    });
  await ask();
  const { cookie } = await signedIn(gateway);
  const reading = streamUntil(gateway.url, cookie, /event: news\n.*\n\n[^]*event: state\n.*\n\n/);
  const [first] = readSseText(await streamUntil(gateway.url, cookie, /\n\n/));
  assert.equal(first?.event, "start");
  const start: unknown = JSON.parse(first.data);
  assert.partialDeepStrictEqual(start, {
    state: { accounts: [{ label: "account-1", today: { failures: 1 } }, { label: "account-2" }] },
    exchanges: [{ asked: "m", outcome: "failed", reason: "It fell over." }],
  });
  await ask();
  assert.match(await reading, /event: news\ndata: \{"exchanges":\[\{.*"asked":"m"/);
});

test("a caller that is not let in is a refusal; a chat that fails has a story in its place", async () => {
  const limited = scriptedUpstream(new AgproxyError("rate_limit_exceeded", "Slowly."));
  const doorman = definePlugin({
    name: "doorman",
    apply: ({ hooks }) =>
      hooks.beforeAuth.tap("doorman", ({ headers }) => {
        if (headers["x-unwanted"] !== undefined) throw new AgproxyError("invalid_api_key");
      }),
  });
  const plugins = [doorman, plainChat(), limited.plugin, dashboard({ key })];
  await using gateway = await startGateway({ plugins });
  const ask = (headers = {}) => gateway.inject({ path: "/chat", headers, body: { text: "hi" } });
  assert.equal((await ask({ "x-unwanted": "1" })).status, 401);
  assert.equal((await ask()).status, 429);
  const { cookie } = await signedIn(gateway);
  const [first] = readSseText(await streamUntil(gateway.url, cookie, /\n\n/));
  const { refusals, exchanges } = JSON.parse(first?.data ?? "") as Start;
  assert.deepEqual(
    refusals.map(({ method, path, status }) => [method, path, status]),
    [["POST", "/chat", 401]],
  );
  assert.deepEqual(
    exchanges.map(({ status }) => status),
    [429],
  );
});

test("so many pages are served, and no more", async () => {
  await using gateway = await startGateway({ plugins: [plainChat(), dashboard({ key })] });
  const { cookie } = await signedIn(gateway);
  const stop = new AbortController();
  const open = () =>
    fetch(`${gateway.url}/dashboard/api/live`, { headers: { cookie }, signal: stop.signal });
  const all = await Promise.all(Array.from({ length: 32 }, open));
  assert.ok(all.every(({ status }) => status === 200));
  const { status } = await open();
  stop.abort();
  assert.equal(status, 503);
});

async function stateFolder(context: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "agproxy-dashboard-"));
  context.after(() => rm(path, { recursive: true }));
  return path;
}

test("without a key of the config it has one of its own, which only its owner can read and which stays", async (context) => {
  const file = join(await stateFolder(context), "page.key");
  for (const round of ["first", "second"]) {
    await using gateway = await openGateway({ plugins: [dashboard({ file })] });
    const own = (await readFile(file, "utf8")).trim();
    assert.ok(own.length > 40, round);
    await signedIn(gateway, { key: own });
  }
  if (process.platform !== "win32") assert.equal((await stat(file)).mode & 0o777, 0o600);
});

test("`agproxy dashboard` prints a link whose secret no server gets", async (context) => {
  const file = join(await stateFolder(context), "page.key");
  const plugin = dashboard({ file });
  let printed = "";
  const print = (text: string) => ((printed += text), 0);
  const server = { host: "0.0.0.0", port: 8045 };
  const line = { words: [], plugins: [plugin], json: false, print, warn: () => 0, server };
  assert.equal(await dashboardCommand(line), 0);
  const { host, pathname, hash } = new URL(printed.trim());
  assert.deepEqual([host, pathname], ["127.0.0.1:8045", "/dashboard"]);
  await using gateway = await openGateway({ plugins: [plugin] });
  await signedIn(gateway, { link: hash.slice(1) });
});

test("options are checked, and no error repeats a key", () => {
  assert.throws(
    () => dashboard({ key: "too-short" }),
    (thrown: Error) => {
      assert.match(thrown.message, /dashboard: .*key.* must be a text of 16 characters/);
      return !thrown.message.includes("too-short");
    },
  );
  assert.throws(() => dashboard({ file: "page.key" }), /must be an absolute path/);
});

test("accounts of the accounts file are added, taken out and brought back", async (context) => {
  const accountsFile = join(await stateFolder(context), "accounts.json");
  const filed: Plugin = {
    name: "filed",
    accountKind: {
      secrets: ["key"],
      read(options) {
        if (!("key" in Object(options))) throw new Error("filed: the key is missing");
        return options;
      },
    },
    apply: () => undefined,
  };
  await using gateway = await openGateway({ accountsFile, plugins: [filed, dashboard({ key })] });
  const { all: headers } = await signedIn(gateway);
  const act = (path: string, body: object = {}) =>
    gateway.inject({ path: `/dashboard/api/${path}`, headers, body });
  const added = await act("accounts", { kind: "filed", secret: " sk-1 ", label: "spare" });
  assert.equal(added.status, 200, added.body);
  assert.equal((await act("accounts/spare/disable")).status, 200);
  const kept = JSON.parse(await readFile(accountsFile, "utf8")) as unknown;
  assert.partialDeepStrictEqual(kept, {
    accounts: [{ kind: "filed", label: "spare", key: "sk-1", disabled: true }],
  });
  assert.equal((await act("accounts/spare/enable")).status, 200);
  assert.doesNotMatch(await readFile(accountsFile, "utf8"), /disabled/);
  const again = await act("accounts", { kind: "filed", secret: "sk-1" });
  assert.equal(again.status, 400);
  assert.match(again.body, /there already, as \\"spare\\"/);
  for (const [path, body] of [
    ["accounts", { kind: "nobody", secret: "x" }],
    ["accounts", { kind: "filed", secret: " " }],
    ["accounts/nobody/disable", {}],
    ["accounts/nobody/test", {}],
  ] as const) {
    assert.equal((await act(path, body)).status, 400, path);
  }
  await writeFile(accountsFile, "no JSON");
  assert.match((await act("accounts/spare/disable")).body, /cannot be used: it is no JSON/);
});

test("views are answered: models, what a name means, callers, clients", async () => {
  await using gateway = await gatewayWith();
  const { cookie } = await signedIn(gateway);
  const read = async (path: string) =>
    (await gateway.inject({ path: `/dashboard/api/${path}`, headers: { cookie } })).json;
  assert.deepEqual(await read("models"), []);
  assert.partialDeepStrictEqual(await read("explain?model=gpt-4o"), {
    asked: "gpt-4o",
    accounts: [{ label: "account-1", standing: "free" }],
  });
  assert.deepEqual(await read("callers"), { asksForKeys: false });
  const clients = (await read("clients")) as readonly { readonly text: string }[];
  assert.ok(clients.length > 10);
  assert.ok(clients.every(({ text }) => text.includes("http://localhost")));
});

test("a gateway that stops ends the pages' streams, and is not kept by them", async () => {
  const gateway = await startGateway({ drain: 60_000, plugins: [dashboard({ key })] });
  const { cookie } = await signedIn(gateway);
  const reading = streamUntil(gateway.url, cookie, /never/);
  const open = await fetch(`${gateway.url}/dashboard/api/live`, { headers: { cookie } });
  await gateway.close();
  assert.match(await reading, /^event: start\n/);
  assert.match(await open.text(), /^event: start\n/);
});

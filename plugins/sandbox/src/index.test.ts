import assert from "node:assert/strict";
import { test } from "node:test";
import { definePlugin, type Http } from "@agproxy/core";
import { openGateway, plainChat } from "@agproxy/core/testing";
import { sandbox } from "./index.ts";

const words = "This is the agproxy sandbox, no model behind it. You said: hello";

test("the plugin answers through the gateway, streamed and whole, under its own account's name", async () => {
  await using gateway = await openGateway({ plugins: [plainChat(), sandbox({ paceMs: 0 })] });
  const ask = (stream: boolean, text = "hello") =>
    gateway.inject({ path: "/chat", body: { model: "gemini-2.5-flash", text, stream } });
  const whole = await ask(false);
  assert.partialDeepStrictEqual(whole.json, { text: words });
  assert.equal(whole.headers.get("x-account-email"), "sandbox-1@agproxy.invalid");
  const said = (await ask(true)).events.map(({ data }) => JSON.parse(data) as { text?: string });
  assert.equal(said.map(({ text = "" }) => text).join(""), words);
  const failed = await ask(false, "[[sandbox: fail quota]]");
  assert.equal(failed.status, 429);
  assert.partialDeepStrictEqual(failed.json, { error: { code: "quota_exhausted" } });
});

test("the sandbox stops with the gateway", async () => {
  const inner = sandbox({ paceMs: 0 });
  let address = "";
  // Listens in on the way out: the sandbox's address is nobody's business otherwise.
  const overheard = definePlugin({
    name: "sandbox",
    apply: (agproxy) => {
      const send: Http["send"] = (request) => {
        address = request.url;
        return agproxy.http.send(request);
      };
      return inner.apply({ ...agproxy, http: { send, close: () => agproxy.http.close() } });
    },
  });
  const gateway = await openGateway({ plugins: [plainChat(), overheard] });
  await gateway.inject({ path: "/chat", body: { model: "gemini-2.5-flash", text: "hello" } });
  assert.equal((await fetch(address)).status, 404);
  await gateway.close();
  await assert.rejects(fetch(address), /fetch failed/);
});

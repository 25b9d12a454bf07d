import assert from "node:assert/strict";
import { test } from "node:test";
import { definePlugin, type Http, type Plugin, type Protocol } from "@agproxy/core";
import { startGateway } from "@agproxy/core/testing";
import { sandbox } from "./index.ts";

/** The least a client wire can be: the body is the prompt, the answer is its text. */
const plain: Protocol = {
  name: "plain",
  decode: (body) => {
    const {
      model,
      prompt,
      stream = false,
    } = body as {
      readonly model: string;
      readonly prompt: string;
      readonly stream?: boolean;
    };
    const content = [{ type: "text", text: prompt }] as const;
    return { request: { model, stream, sampling: {}, messages: [{ role: "user", content }] } };
  },
  encoder: () => ({
    batch: (events) => events.map((event) => (event.type === "text" ? event.text : "")).join(""),
    end: () => "",
    fail: (error) => `failed: ${error.code}`,
    whole: ({ choices }) => ({ content: choices[0]?.content }),
  }),
  error: ({ code }) => ({ code }),
};

const protocol: Plugin = definePlugin({
  name: "plain",
  apply: (agproxy) => agproxy.chat("/plain", plain),
});

const words = "This is the agproxy sandbox, no model behind it. You said: hello";

test("the plugin answers through the gateway, streamed and whole, under its own account's name", async () => {
  await using gateway = await startGateway({ plugins: [protocol, sandbox({ paceMs: 0 })] });
  const ask = (stream: boolean, prompt = "hello") =>
    fetch(`${gateway.url}/plain`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "gemini-2.5-flash", prompt, stream }),
    });
  const whole = await ask(false);
  assert.deepEqual(await whole.json(), { content: [{ type: "text", text: words }] });
  assert.equal(whole.headers.get("x-account-email"), "sandbox-1@agproxy.invalid");
  assert.equal(await (await ask(true)).text(), words);
  const failed = await ask(false, "[[sandbox: fail quota]]");
  assert.equal(failed.status, 429);
  assert.deepEqual(await failed.json(), { code: "quota_exhausted" });
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
  const gateway = await startGateway({ plugins: [protocol, overheard] });
  const body = JSON.stringify({ model: "gemini-2.5-flash", prompt: "hello" });
  const headers = { "content-type": "application/json" };
  await (await fetch(`${gateway.url}/plain`, { method: "POST", headers, body })).text();
  assert.equal((await fetch(address)).status, 404);
  await gateway.close();
  await assert.rejects(fetch(address), /fetch failed/);
});

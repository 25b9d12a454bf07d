import assert from "node:assert/strict";
import { test } from "node:test";
import { type VendorAnswer, startGateway, startVendor } from "@agproxy/core/testing";
import { parts, sse, stop } from "./fixtures/answers.ts";
import { ask, askStream, plainProtocol } from "./fixtures/gateway.ts";
import { assistant, call, result, user } from "./fixtures/requests.ts";
import { gemini } from "./index.ts";
import type { GeminiBody } from "./wire.ts";

const good: VendorAnswer = {
  body: { candidates: [{ content: { parts: [{ text: "ok" }] }, finishReason: "STOP" }] },
};
const refused: VendorAnswer = {
  status: 400,
  body: {
    error: {
      code: 400,
      message: "Function call is missing a thought_signature in functionCall parts.",
      status: "INVALID_ARGUMENT",
    },
  },
};
const model = "gemini-3-flash-preview";
const loop = [user("go"), assistant(call("c1", "f", "RAW")), result("c1", "found")];
const bodyOf = ({ body }: { readonly body: string }) => JSON.parse(body) as GeminiBody;

async function gatewayTo(url: string) {
  return startGateway({ plugins: [plainProtocol(), gemini({ keys: "k", baseUrl: url })] });
}

test("a request refused for its signatures is sent once more, with its history as text", async () => {
  await using server = await startVendor(({ body }) =>
    body.includes("functionCall") ? refused : good,
  );
  await using gateway = await gatewayTo(server.url);
  const { status } = await ask(gateway.url, { messages: loop, model, tools: [{ name: "f" }] });
  assert.equal(status, 200);
  assert.equal(server.received.length, 2);
  const [first, second] = server.received.map(bodyOf);
  assert.equal(first?.contents[1]?.parts[0]?.thoughtSignature, "RAW");
  assert.deepEqual(second?.contents, [
    { role: "user", parts: [{ text: "go" }] },
    { role: "model", parts: [{ text: '<tool_call id="c1" name="f">\n{}\n</tool_call>' }] },
    {
      role: "user",
      parts: [{ text: '<tool_result call_id="c1" name="f">\nfound\n</tool_result>' }],
    },
  ]);
  assert.deepEqual(second.tools, first?.tools);
});

test("never more than once, and not where there is no history to change", async () => {
  await using server = await startVendor(() => refused);
  await using gateway = await gatewayTo(server.url);
  const { status, answer } = await ask(gateway.url, { messages: loop, model });
  assert.equal(status, 400);
  assert.match(answer.message, /missing a thought_signature/);
  assert.equal(server.received.length, 2);
  await ask(gateway.url, { messages: [user("go")], model });
  assert.equal(server.received.length, 3);
});

test("another refusal is not tried again", async () => {
  await using server = await startVendor(() => ({
    status: 400,
    body: { error: { code: 400, message: "Bad tools." } },
  }));
  await using gateway = await gatewayTo(server.url);
  await ask(gateway.url, { messages: loop, model });
  assert.equal(server.received.length, 1);
});

test("a signature leaves marked, comes back to its own family, and to no other", async () => {
  const signed = { functionCall: { name: "f", args: {}, id: "c9" }, thoughtSignature: "SIGNED" };
  await using server = await startVendor(() => ({
    body: Buffer.concat([...sse(parts(signed), stop)]).toString(),
  }));
  await using gateway = await gatewayTo(server.url);
  const [event] = await askStream(gateway.url, { messages: [user("go")], model });
  const { signature } = event as { readonly signature: string };
  assert.match(signature, /^ag1\.[\w-]{8}\.SIGNED$/);
  const again = [user("go"), assistant(call("c9", "f", signature)), result("c9", "found")];
  await askStream(gateway.url, { messages: again, model });
  await askStream(gateway.url, { messages: again, model: "gemini-2.5-flash" });
  await askStream(gateway.url, { messages: again, model: "gemini-3.1-pro-preview" });
  const sent = server.received
    .slice(1)
    .map((request) => bodyOf(request).contents[1]?.parts[0]?.thoughtSignature);
  assert.deepEqual(sent, ["SIGNED", undefined, "skip_thought_signature_validator"]);
});

test("what built-in tools did goes back on the next turn, whether or not the call came signed", async () => {
  const search = { toolCall: { id: "s1", toolType: "GOOGLE_SEARCH_WEB" }, thoughtSignature: "A" };
  const found = { toolResponse: { id: "s1", response: {} }, thoughtSignature: "B" };
  const signed = { functionCall: { name: "f", args: {}, id: "c7" }, thoughtSignature: "C" };
  await using server = await startVendor(() => ({
    body: Buffer.concat([...sse(parts(search, found, signed), stop)]).toString(),
  }));
  await using gateway = await gatewayTo(server.url);
  const wish = { model, tools: [{ name: "f" }], hostedTools: ["web-search"] } as const;
  const [event] = await askStream(gateway.url, { ...wish, messages: [user("go")] });
  const { signature } = event as { readonly signature: string };
  for (const back of [signature, undefined]) {
    const messages = [user("go"), assistant(call("c7", "f", back)), result("c7", "ok")];
    await askStream(gateway.url, { ...wish, messages });
  }
  const sent = server.received.slice(1).map((request) => bodyOf(request).contents[1]?.parts);
  const whole = [search, found, signed];
  assert.deepEqual(sent, [whole, whole]);
});

test("what gives way is said in a header, once there is an answer", async () => {
  await using server = await startVendor(() => good);
  await using gateway = await gatewayTo(server.url);
  const request = {
    messages: [user("go")],
    tools: [{ name: "f" }],
    hostedTools: ["web-search"],
    output: { type: "json" },
  } as const;
  const { ignored } = await ask(gateway.url, { ...request, model: "gemini-2.5-pro" });
  assert.equal(ignored, "web_search, response_format");
  assert.equal((await ask(gateway.url, { ...request, model })).ignored, null);
});

test("a suffix of the model's name is not sent", async () => {
  await using server = await startVendor(() => good);
  await using gateway = await gatewayTo(server.url);
  await ask(gateway.url, { messages: [user("go")], model: "gemini-2.5-flash-online" });
  assert.equal(server.received[0]?.url, "/v1beta/models/gemini-2.5-flash:generateContent");
  assert.deepEqual(server.received.map(bodyOf)[0]?.tools, [{ googleSearch: {} }]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Message, Model } from "@agproxy/core";
import { type VendorAnswer, startGateway, startVendor } from "@agproxy/core/testing";
import { parts, sse, stop } from "./fixtures/answers.ts";
import { ask, askStream, plainProtocol } from "./fixtures/gateway.ts";
import { assistant, call, result, user } from "./fixtures/requests.ts";
import { gemini } from "./index.ts";

const messages: readonly Message[] = [user("hi")];
const usageMetadata = { promptTokenCount: 1, candidatesTokenCount: 2 };
const good: VendorAnswer = {
  body: {
    candidates: [{ content: { parts: [{ text: "Hello" }] }, finishReason: "STOP" }],
    usageMetadata,
  },
};
const streamed = (...payloads: readonly unknown[]): VendorAnswer => ({
  body: Buffer.concat([...sse(...payloads)]).toString(),
  headers: { "content-type": "text/event-stream" },
});

test("a whole answer: method, key in the header, body", async () => {
  await using server = await startVendor(() => good);
  const plugin = gemini({ accounts: [{ key: "secret-key" }], baseUrl: `${server.url}/v1beta/` });
  await using gateway = await startGateway({ plugins: [plainProtocol(), plugin] });
  const { answer } = await ask(gateway.url, { messages });
  assert.deepEqual(answer.choices[0]?.content, [{ type: "text", text: "Hello" }]);
  assert.equal(answer.usage?.totalTokens, 3);
  const [request] = server.received;
  assert.equal(request?.url, "/v1beta/models/gemini-2.5-flash:generateContent");
  assert.equal(request.headers["x-goog-api-key"], "secret-key");
  assert.deepEqual(JSON.parse(request.body), {
    contents: [{ role: "user", parts: [{ text: "hi" }] }],
  });
  assert.equal(JSON.stringify(gateway.log).includes("secret-key"), false);
});

test("an account's models, headers and prefix", async () => {
  await using server = await startVendor(({ url }) =>
    url.includes("pageSize")
      ? {
          body: {
            models: ["gemini-2.5-flash", "gemini-2.5-pro"].map((id) => ({
              name: `models/${id}`,
              supportedGenerationMethods: ["generateContent"],
            })),
          },
        }
      : good,
  );
  const own = { key: "k", models: ["*-flash"], prefix: "work", headers: { "X-Project": "p" } };
  const plugin = gemini({ accounts: [own], baseUrl: server.url });
  await using gateway = await startGateway({ plugins: [plainProtocol(), plugin] });
  await ask(gateway.url, { messages, model: "work/gemini-2.5-flash" });
  const [request] = server.received;
  assert.equal(request?.url, "/v1beta/models/gemini-2.5-flash:generateContent");
  assert.equal(request.headers["x-project"], "p");
  const listed = (await (await fetch(`${gateway.url}/models`)).json()) as readonly Model[];
  assert.deepEqual(
    listed.map(({ id }) => id),
    ["gemini-2.5-flash"],
  );
  assert.equal(server.received[1]?.headers["x-project"], "p");
});

test("a stream, and model names that need care in a URL", async () => {
  await using server = await startVendor(() =>
    streamed(parts({ text: "Hel" }), parts({ text: "lo" }), stop),
  );
  const plugin = gemini({ keys: "k", baseUrl: server.url });
  await using gateway = await startGateway({ plugins: [plainProtocol(), plugin] });
  const events = await askStream(gateway.url, { messages, model: "tunedModels/a b?c" });
  assert.deepEqual(events, [
    { type: "text", choice: 0, text: "Hel" },
    { type: "text", choice: 0, text: "lo" },
    { type: "finish", choice: 0, reason: "stop" },
    { type: "end" },
  ]);
  assert.equal(
    server.received[0]?.url,
    "/v1beta/tunedModels/a%20b%3Fc:streamGenerateContent?alt=sse",
  );
});

test("a model's name with half a surrogate in it is a name that the upstream does not know", async () => {
  const error = { code: 404, message: "Not found." };
  await using server = await startVendor(() => ({ status: 404, body: { error } }));
  const plugin = gemini({ keys: "k", baseUrl: server.url });
  await using gateway = await startGateway({ plugins: [plainProtocol(), plugin] });
  const { status } = await ask(gateway.url, { messages, model: "half-\ud800" });
  assert.equal(status, 404);
  assert.equal(server.received[0]?.url, "/v1beta/models/half-%EF%BF%BD:generateContent");
});

test("a stream that breaks off fails", async () => {
  await using server = await startVendor(() => streamed(parts({ text: "Hel" })));
  const plugin = gemini({ keys: "k", baseUrl: server.url });
  await using gateway = await startGateway({ plugins: [plainProtocol(), plugin] });
  const events = await askStream(gateway.url, { messages });
  assert.deepEqual(events.at(-1), { type: "fail", code: "upstream_cut" });
});

test("an upstream's error keeps its words, without the key", async () => {
  const error = { code: 400, message: "Bad value near secret-key." };
  await using server = await startVendor(() => ({ status: 400, body: { error } }));
  const plugin = gemini({ keys: "secret-key", baseUrl: server.url });
  await using gateway = await startGateway({ plugins: [plainProtocol(), plugin] });
  const { status, answer } = await ask(gateway.url, { messages });
  assert.equal(status, 400);
  assert.equal(answer.code, "upstream_rejected");
  assert.equal(answer.message, "Bad value near [secret].");
});

test("a signature that the client forgets is remembered, for the same function only", async () => {
  const signed = { functionCall: { name: "f", args: {}, id: "c1" }, thoughtSignature: "SIGNED" };
  await using server = await startVendor(() => streamed(parts(signed), stop));
  const plugin = gemini({ keys: "k", baseUrl: server.url });
  await using gateway = await startGateway({ plugins: [plainProtocol(), plugin] });
  const model = "gemini-3-flash-preview";
  await askStream(gateway.url, { messages, model });
  const again = (name: string) => [...messages, assistant(call("c1", name)), result("c1", "ok")];
  await askStream(gateway.url, { messages: again("f"), model });
  await askStream(gateway.url, { messages: again("g"), model });
  const signatures = server.received.map(({ body }) => {
    const { contents } = JSON.parse(body) as { contents: { parts: Record<string, unknown>[] }[] };
    return contents[1]?.parts[0]?.thoughtSignature;
  });
  assert.deepEqual(signatures, [undefined, "SIGNED", "skip_thought_signature_validator"]);
});

test("the upstream's models, those for embeddings too, asked once, of an account that can say", async () => {
  const models = [
    { name: "models/a", supportedGenerationMethods: ["generateContent"], inputTokenLimit: 5 },
    { name: "models/embed", supportedGenerationMethods: ["embedContent"] },
    { name: "models/veo", supportedGenerationMethods: ["predictLongRunning"] },
  ];
  await using server = await startVendor(({ headers, url }) => {
    if (headers["x-goog-api-key"] === "bad") return { status: 403, body: "no" };
    if (url.includes("pageToken")) {
      return {
        body: { models: [{ name: "models/b", supportedGenerationMethods: ["generateContent"] }] },
      };
    }
    return { body: { models, nextPageToken: "n/2" } };
  });
  const plugin = gemini({ keys: "bad,good", baseUrl: server.url });
  await using gateway = await startGateway({ plugins: [plainProtocol(), plugin] });
  const ids = async () => (await fetch(`${gateway.url}/models`)).json();
  const expected = [
    { id: "a", ownedBy: "google", contextWindow: 5 },
    { id: "embed", ownedBy: "google" },
    { id: "b", ownedBy: "google" },
  ];
  assert.deepEqual(await Promise.all([ids(), ids()]), [expected, expected]);
  assert.deepEqual(await ids(), expected);
  assert.deepEqual(
    server.received.map(({ url }) => url),
    [
      "/v1beta/models?pageSize=1000",
      "/v1beta/models?pageSize=1000",
      "/v1beta/models?pageSize=1000&pageToken=n%2F2",
    ],
  );
});

test("a list of models that cannot be had is empty, and hurts nobody; the log has the plugin's name", async () => {
  await using server = await startVendor(() => ({ status: 500, body: "" }));
  const plugin = gemini({ keys: "k", baseUrl: server.url, name: "gemini-two" });
  await using gateway = await startGateway({ plugins: [plainProtocol(), plugin] });
  const response = await fetch(`${gateway.url}/models`);
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), []);
  const said = gateway.log.map(({ msg }) => msg).filter((msg) => msg?.includes("model list"));
  assert.deepEqual(said, ["gemini-two: the model list could not be read"]);
});

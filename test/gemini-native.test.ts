/**
 * The promise: what a client of Google's API sends reaches an upstream of Google's as it was sent, and the answer comes back as it was
 * said, except where a hook or the mapping has changed it. Then just that is changed.
 */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Dialect } from "@agproxy/plugin-gemini";
import { geminiNative } from "@agproxy/plugin-gemini-native";
import {
  type ChatEvent,
  type ChatRequest,
  definePlugin,
  mapEvents,
  type Message,
  type Plugin,
} from "agproxy";
import { readSseText, startGateway } from "agproxy/testing";
import { at } from "./support/json-path.ts";
import { recordedUpstream } from "./support/recorded-upstream.ts";
import { richRequests } from "./support/rich-requests.ts";

const folder = join(import.meta.dirname, "../../shared/recordings/langchaingo");
const skip = existsSync(folder) ? false : "there are no recordings beside the repository";

type Json = Readonly<Record<string, unknown>>;

const rich = richRequests["/v1beta/models/any:generateContent"] ?? {};
const asked = "gemini-2.5-flash";

const says = (text: string, more: Json = {}): Json => ({
  candidates: [{ content: { parts: [{ text }], role: "model" }, ...more, unknown: 1 }],
  usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 },
  modelVersion: "made-up",
});

const ended = { finishReason: "STOP" };

interface Setting {
  readonly plugins?: readonly Plugin[];
  readonly dialect?: Dialect;
  readonly answer?: readonly Json[];
  readonly model?: string;
}

interface Exchanged {
  readonly sent: unknown;
  readonly got: readonly unknown[];
  readonly text: string;
}

/** Sends a body through a gateway with some plugins, and returns what reached the upstream and the client. */
async function exchanged(body: Json, setting: Setting = {}): Promise<Exchanged> {
  const { plugins = [], dialect, answer = [says("good", ended)], model = asked } = setting;
  const upstream = recordedUpstream(dialect);
  await using gateway = await startGateway({
    plugins: [geminiNative(), ...plugins, upstream.plugin],
    logLevel: "silent",
  });
  upstream.answer(answer.map((payload) => Buffer.from(`data: ${JSON.stringify(payload)}\r\n\r\n`)));
  const path = `/v1beta/models/${model}:streamGenerateContent?alt=sse`;
  const response = await fetch(gateway.url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  const got = readSseText(text).map(({ data }): unknown => JSON.parse(data));
  return { sent: upstream.sent[0], got, text };
}

/** As texts, so that the order of fields counts. */
function assertSame(actual: unknown, expected: unknown): void {
  assert.deepEqual(actual, expected);
  assert.equal(JSON.stringify(actual), JSON.stringify(expected));
}

const changing = (change: (request: ChatRequest) => ChatRequest): Plugin =>
  definePlugin({
    name: "changing",
    apply: ({ hooks }) => hooks.transformRequest.tap("changing", change),
  });

const retelling = (
  change: (event: ChatEvent) => ChatEvent | readonly ChatEvent[] | undefined,
): Plugin =>
  definePlugin({
    name: "retelling",
    apply: ({ hooks }) =>
      hooks.transformStream.tap("retelling", (events) => mapEvents(events, change)),
  });

const mapped = (model: string): Plugin =>
  definePlugin({
    name: "mapped",
    apply: ({ hooks }) => hooks.resolveModel.tap("mapped", () => model),
  });

const loud = (message: Message): Message => {
  const content = message.content.map((part) =>
    part.type === "text" && part.text === "Go on."
      ? { ...part, text: part.text.toUpperCase() }
      : part,
  );
  return content.every((part, index) => part === message.content[index])
    ? message
    : { ...message, content };
};

const louder = (request: ChatRequest) => ({ ...request, messages: request.messages.map(loud) });

const copied = (request: ChatRequest) => ({
  ...request,
  messages: request.messages.map((message) => ({ ...message })),
});

const partsIn = (body: unknown) =>
  (at(body, "contents") as readonly Json[]).map((content) => content["parts"]);

const shortened = (request: ChatRequest): ChatRequest => ({
  ...request,
  messages: [
    { role: "system", content: [{ type: "text", text: "Be kind." }] },
    ...request.messages.slice(1).map((message): Message => {
      const [part] = message.content;
      if (part?.type !== "tool-result") return message;
      return { ...message, content: [{ ...part, content: [{ type: "text", text: "gone" }] }] };
    }),
  ],
});

const retooled = (request: ChatRequest): ChatRequest => ({
  ...request,
  sampling: { ...request.sampling, temperature: 0 },
  tools: [
    ...(request.tools ?? []).slice(1),
    { name: "another tool", parameters: { type: "object", properties: {} } },
  ],
  hostedTools: ["web-search"],
  extensions: { google: { ...request.extensions?.["google"], labels: { a: "c" } } },
});

const gone = (type: ChatEvent["type"]) =>
  retelling((event) => (event.type === type ? undefined : event));

const said = (text: string): ChatEvent => ({ type: "text", choice: 0, text });

const piece = (functionCall: Json, more: Json = {}): Json => ({
  candidates: [{ content: { parts: [{ functionCall }], role: "model" }, ...more }],
});

test("a request reaches the upstream as it was sent", async () => {
  assertSame((await exchanged(rich)).sent, rich);
  const odd = {
    contents: { parts: { text: "hello" } },
    snake_case: { a_b: 1 },
    generation_config: { top_k: 3 },
  };
  assertSame((await exchanged(odd)).sent, odd);
  const hooked = await exchanged(rich, { plugins: [changing((request) => ({ ...request }))] });
  assertSame(hooked.sent, rich);
});

test("so do the requests that recordings have", { skip }, async () => {
  const files = readdirSync(folder).filter((name) => name.endsWith(".request.json"));
  assert.ok(files.length > 5);
  for (const file of files) {
    const request = JSON.parse(readFileSync(join(folder, file), "utf8")) as Json;
    const model = String(request["model"]).replace("models/", "");
    assertSame((await exchanged(request, { model })).sent, request);
  }
});

test("a hook that changes a message changes that one", async () => {
  const { sent } = await exchanged(rich, { plugins: [changing(louder)] });
  const contents = rich["contents"] as readonly Json[];
  const last = { role: "user", parts: [{ text: "GO ON." }] };
  assertSame(sent, { ...rich, contents: [...contents.slice(0, -1), last] });
});

test("a message whose copy a hook has made keeps its parts", async () => {
  const { sent } = await exchanged(rich, { plugins: [changing(copied)] });
  assertSame(partsIn(sent), partsIn(rich));
});

test("a hook that changes a result, takes messages away or adds instructions gets that", async () => {
  const contents = [
    { role: "user", parts: [{ text: "one" }] },
    { role: "model", parts: [{ functionCall: { id: "a", name: "f", args: { x: 1 } } }] },
    {
      role: "user",
      parts: [{ functionResponse: { id: "a", name: "f", response: { output: "secret" } } }],
    },
  ];
  const { sent } = await exchanged({ contents }, { plugins: [changing(shortened)] });
  assert.deepEqual(sent, {
    contents: [
      contents[1],
      {
        role: "user",
        parts: [{ functionResponse: { id: "a", name: "f", response: { result: "gone" } } }],
      },
    ],
    systemInstruction: { parts: [{ text: "Be kind." }] },
  });
});

test("a hook that changes settings and tools changes these", async () => {
  const { sent } = await exchanged(rich, { plugins: [changing(retooled)] });
  const config = rich["generationConfig"] as Json;
  assert.deepEqual(at(sent, "generationConfig"), { ...config, temperature: 0 });
  assert.deepEqual(at(sent, "labels"), { a: "c" });
  assert.deepEqual(at(sent, "safetySettings"), rich["safetySettings"]);
  const tools = at(sent, "tools") as readonly Json[];
  const declared = at(tools[0], "functionDeclarations") as readonly Json[];
  assert.deepEqual(declared[0], at(rich, "tools", 0, "functionDeclarations", 1));
  assert.deepEqual(
    declared.map(({ name }) => name),
    ["patch", "another_tool"],
  );
  assert.deepEqual(tools.slice(1), [{ googleSearch: {} }, { googleMaps: { enableWidget: true } }]);
});

const withGoogle =
  (change: Json) =>
  (request: ChatRequest): ChatRequest => ({
    ...request,
    extensions: { google: { ...request.extensions?.["google"], ...change } },
  });

test("a hook that changes what only Google knows of settings and tools leaves the rest of them", async () => {
  const generationConfig = { temperature: 1, topK: 5, custom: 3 };
  const body = { ...rich, generationConfig };
  const change = withGoogle({ generationConfig: { custom: 4 }, tools: [{ googleMaps: {} }] });
  const changed = await exchanged(body, { plugins: [changing(change)] });
  assertSame(at(changed.sent, "generationConfig"), { ...generationConfig, custom: 4 });
  const declared = { functionDeclarations: at(rich, "tools", 0, "functionDeclarations") };
  assert.deepEqual(at(changed.sent, "tools", 0), declared);
  assert.deepEqual((at(changed.sent, "tools") as readonly Json[]).at(-1), { googleMaps: {} });

  const taken = await exchanged(body, {
    plugins: [changing((request) => ({ ...request, extensions: {} }))],
  });
  assertSame(at(taken.sent, "generationConfig"), { temperature: 1, topK: 5 });
  assert.deepEqual(at(taken.sent, "tools", 0), declared);
  assert.ok(!JSON.stringify(at(taken.sent, "tools")).includes("googleMaps"));
});

test("where another model answers, what it needs is changed, and nothing else", async () => {
  const body = {
    contents: [{ parts: [{ text: "hi" }] }],
    safetySettings: [{ category: "x", threshold: "y" }],
    generationConfig: {
      temperature: 1,
      thinkingConfig: { thinkingBudget: 8192, includeThoughts: true },
    },
  };
  const other = await exchanged(body, { plugins: [mapped("gemini-3-pro-preview")] });
  assert.equal(at(other.sent, "generationConfig", "temperature"), 1);
  assert.deepEqual(at(other.sent, "generationConfig", "thinkingConfig"), {
    thinkingLevel: "high",
    includeThoughts: true,
  });
  assert.deepEqual(at(other.sent, "safetySettings"), body.safetySettings);
  const online = await exchanged(body, { plugins: [mapped(`${asked}-online`)] });
  assertSame(online.sent, { ...body, tools: [{ googleSearch: {} }] });
  assertSame((await exchanged(body, { plugins: [mapped("gemini-2.5-flash-lite")] })).sent, body);
});

test("an upstream's dialect is kept to", async () => {
  const call = { functionCall: { id: "a", name: "f", args: {} }, thoughtSignature: "c2ln" };
  const result = { functionResponse: { id: "a", name: "f", response: {} } };
  const body = {
    contents: [
      { role: "model", parts: [call] },
      { role: "user", parts: [result] },
    ],
    tools: [
      {
        functionDeclarations: [
          { name: "f", parametersJsonSchema: { type: "object", properties: {} } },
          { name: "g", parameters: { type: "OBJECT" } },
        ],
      },
    ],
  };
  const dialect = { jsonSchema: false, mixedTools: false, callIds: false };
  const { sent } = await exchanged(body, { dialect });
  const parts = [at(sent, "contents", 0, "parts", 0), at(sent, "contents", 1, "parts", 0)];
  assert.deepEqual(parts, [
    { functionCall: { name: "f", args: {} }, thoughtSignature: "c2ln" },
    { functionResponse: { name: "f", response: {} } },
  ]);
  const declared = at(sent, "tools", 0, "functionDeclarations") as readonly Json[];
  assert.equal(declared[0]?.["parametersJsonSchema"], undefined);
  assert.deepEqual(declared[1], body.tools[0]?.functionDeclarations[1]);
});

const answer = [
  {
    candidates: [
      { content: { parts: [{ text: "I think", thought: true }], role: "model" }, avgLogprobs: -1 },
    ],
    responseId: "r",
  },
  says("one"),
  says("two", { citationMetadata: { citationSources: [{ uri: "https://a.example" }] } }),
  says("three", ended),
];
const body = { contents: [{ parts: [{ text: "hi" }] }] };

test("a hook that changes nothing of an answer leaves all of it, however it cuts the stream", async () => {
  assertSame((await exchanged(body, { answer })).got, answer);
  const same = retelling((event) => event);
  assertSame((await exchanged(body, { answer, plugins: [same] })).got, answer);
  const single = definePlugin({
    name: "single",
    apply: ({ hooks }) =>
      hooks.transformStream.tap("single", async function* (events) {
        for await (const batch of events) for (const event of batch) yield [event];
      }),
  });
  assertSame((await exchanged(body, { answer, plugins: [single] })).got, answer);
});

test("a hook that changes a text changes the payload that it is in", async () => {
  const plugin = retelling((event) =>
    event.type === "text" && event.text === "one" ? { ...event, text: "ONE" } : event,
  );
  const { got } = await exchanged(body, { answer, plugins: [plugin] });
  assertSame([got[0], got[2], got[3]], [answer[0], answer[2], answer[3]]);
  assert.deepEqual(at(got[1], "candidates"), [
    { content: { parts: [{ text: "ONE" }], role: "model" }, index: 0 },
  ]);
});

test("what a hook takes out of an answer does not reach the client in another form", async () => {
  const thoughtless = await exchanged(body, { answer, plugins: [gone("reasoning")] });
  assert.doesNotMatch(thoughtless.text, /I think/);
  assertSame(thoughtless.got, answer.slice(1));
  const uncited = await exchanged(body, { answer, plugins: [gone("citation")] });
  assert.doesNotMatch(uncited.text, /a\.example/);
  assert.match(uncited.text, /"two"/);
  const silent = await exchanged(body, { answer, plugins: [gone("text")] });
  assert.doesNotMatch(silent.text, /one|two|three/);
  assert.equal(at(silent.got.at(-1), "candidates", 0, "finishReason"), "STOP");
});

test("a hook has its say about the end of an answer", async () => {
  const stopped = retelling((event) =>
    event.type === "finish" ? { ...event, reason: "length" } : event,
  );
  const { got, text } = await exchanged(body, { answer, plugins: [stopped] });
  assert.doesNotMatch(text, /STOP/);
  assert.equal(at(got.at(-1), "candidates", 0, "finishReason"), "MAX_TOKENS");
  assert.match(text, /three/);
  const priced = retelling((event) =>
    event.type === "usage"
      ? { ...event, usage: { inputTokens: 70, outputTokens: 7, totalTokens: 77 } }
      : event,
  );
  const counted = await exchanged(body, { answer, plugins: [priced] });
  assert.equal(at(counted.got.at(-1), "usageMetadata", "totalTokenCount"), 77);
});

test("a hook adds to an answer, at its beginning, in its middle and at its end", async () => {
  const plugin = retelling((event) => {
    if (event.type === "reasoning") return [said("before"), event];
    if (event.type === "citation") return [event, said("between")];
    return event.type === "finish" ? [said("after"), event] : event;
  });
  const { got } = await exchanged(body, { answer, plugins: [plugin] });
  const texts = got.flatMap((payload) =>
    ((at(payload, "candidates", 0, "content", "parts") ?? []) as readonly Json[]).map(
      ({ text }) => text,
    ),
  );
  assert.equal(texts.join(" "), "before I think one two between threeafter");
  assertSame([got[1], got[2]], [answer[0], answer[1]]);
});

test("a call in pieces comes as it is, and a hook sees it whole first", async () => {
  const pieces = [
    piece({ name: "f", willContinue: true }),
    piece({ partialArgs: [{ jsonPath: "$.a", stringValue: "x" }], willContinue: true }),
    piece({}, ended),
  ];
  assertSame((await exchanged(body, { answer: pieces })).got, pieces);
  const plugin = retelling((event) =>
    event.type === "tool-call" ? { ...event, name: "g" } : event,
  );
  const { got } = await exchanged(body, { answer: pieces, plugins: [plugin] });
  const calls = got.flatMap((payload) => at(payload, "candidates", 0, "content", "parts"));
  assert.equal(calls.length, 1);
  assert.equal(at(calls[0], "functionCall", "name"), "g");
  assert.deepEqual(at(calls[0], "functionCall", "args"), { a: "x" });
});

test("finish reasons in every payload do not keep a stream back", async () => {
  const every = [says("a", ended), says("b", ended), says("c", ended)];
  assertSame((await exchanged(body, { answer: every })).got, every);
});

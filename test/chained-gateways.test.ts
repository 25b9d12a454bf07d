/** agproxy in front of agproxy: a client gets what it would get from the second one directly. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { gemini } from "@agproxy/plugin-gemini";
import { openaiCompatible } from "@agproxy/plugin-openai-compatible";
import { rotation } from "@agproxy/plugin-rotation";
import { startSandbox } from "@agproxy/plugin-sandbox";
import { startGateway } from "agproxy/testing";
import { client } from "./support/client.ts";
import { everydayPlugins } from "./support/everyday-plugins.ts";
import { at } from "./support/json-path.ts";

interface Chain extends AsyncDisposable {
  /** The gateway that clients are pointed at, and the one behind it. */
  readonly url: string;
  readonly behind: string;
}

/** With `fields`, the second gateway answers pictures in a field: in a text, a client could not tell them from one. */
async function chain(): Promise<Chain> {
  const upstream = await startSandbox();
  const behind = await startGateway({
    plugins: [
      ...everydayPlugins({ mode: "off" }, { images: "field" }),
      rotation({ maxWait: 0 }),
      gemini({ accounts: upstream.accounts, baseUrl: upstream.url }),
    ],
  });
  const front = await startGateway({
    plugins: [
      ...everydayPlugins({ mode: "off" }, { images: "field" }),
      rotation({ maxWait: 0 }),
      openaiCompatible({ baseUrl: behind.url, server: "agproxy" }),
    ],
  });
  return {
    url: front.url,
    behind: behind.url,
    async [Symbol.asyncDispose]() {
      await front.close();
      await behind.close();
      await upstream.close();
    },
  };
}

interface Reply {
  readonly status: number;
  readonly body: string;
}

/** What differs from answer to answer: ids, times, and signatures, which each gateway marks as its own. */
const passing: readonly (readonly [RegExp, string])[] = [
  [/\b(call|msg|rs|resp|ws|ig|ci|fc|ctc|audio|chatcmpl|cmpl|img)[_-][\w-]{16,}/g, "$1"],
  [/"(created|created_at|completed_at|expires_at)":[\d.]+/g, '"$1":0'],
  [/"thought_signature":"[^"]*"/g, '"thought_signature":"signature"'],
  [/"encrypted_content":"[^"]*"/g, '"encrypted_content":"sealed"'],
  [/"obfuscation":"[^"]*"/g, '"obfuscation":""'],
];

async function ask(url: string, path: string, body: object): Promise<Reply> {
  const answer = await fetch(url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  let text = await answer.text();
  for (const [form, instead] of passing) text = text.replaceAll(form, instead);
  return { status: answer.status, body: text };
}

const user = (content: unknown) => [{ role: "user", content }];
const weather = {
  name: "get_weather",
  description: "The weather of a city.",
  parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};
const time = { ...weather, name: "get_time", description: "The time in a city." };
const schema = { type: "object", properties: { n: { type: "integer" } }, required: ["n"] };
const png =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const tools = [weather, time].map((each) => ({ type: "function", function: each }));

const chats: Readonly<Record<string, object>> = {
  "a text": { model: "gemini-2.5-flash", messages: user("Say hello") },
  thoughts: { model: "gemini-3.5-flash", messages: user("Say hello"), reasoning_effort: "high" },
  "parallel calls": {
    model: "gemini-3.5-flash",
    messages: user("get_weather and get_time in Paris"),
    tools,
  },
  "a forced call": {
    model: "gemini-2.5-flash",
    messages: user("hello"),
    tools,
    tool_choice: { type: "function", function: { name: "get_time" } },
  },
  "a history of calls": {
    model: "gemini-2.5-flash",
    messages: [
      { role: "system", content: "Be brief." },
      ...user("weather in Paris?"),
      {
        role: "assistant",
        content: null,
        tool_calls: [
          { id: "call_1", type: "function", function: { name: "get_weather", arguments: "{}" } },
        ],
      },
      { role: "tool", tool_call_id: "call_1", content: "sunny" },
    ],
    tools,
  },
  "several choices and probabilities": {
    model: "gemini-2.0-flash",
    messages: user("Say hello"),
    n: 3,
    logprobs: true,
    top_logprobs: 2,
  },
  "a document for a schema": {
    model: "gemini-2.5-flash",
    messages: user("a number"),
    response_format: { type: "json_schema", json_schema: { name: "n", schema, strict: true } },
  },
  "a limit": { model: "gemini-2.5-flash", messages: user("Say hello"), max_tokens: 3 },
  "a search with sources": {
    model: "gemini-2.5-flash",
    messages: user("news of Paris"),
    web_search_options: {},
  },
  "a picture that is read": {
    model: "gemini-2.5-flash",
    messages: user([
      { type: "text", text: "What is this?" },
      { type: "image_url", image_url: { url: png } },
    ]),
  },
  "a picture that is drawn": {
    model: "gemini-2.5-flash-image",
    messages: user("a cat"),
    aspect_ratio: "16:9",
  },
  "a spoken answer": {
    model: "gemini-2.5-flash-preview-tts",
    messages: user("Say hello"),
    modalities: ["text", "audio"],
    audio: { voice: "alloy", format: "pcm16" },
  },
  "a vendor's own field": {
    model: "gemini-2.5-flash",
    messages: user("Say hello"),
    extra_body: { google: { generation_config: { stop_sequences: ["sandbox"] } } },
  },
};

const responses: Readonly<Record<string, object>> = {
  "a text": { model: "gemini-2.5-flash", input: "Say hello" },
  thoughts: {
    model: "gemini-3.5-flash",
    input: "Say hello",
    reasoning: { effort: "high", summary: "auto" },
  },
  "parallel calls": {
    model: "gemini-2.5-flash",
    input: "get_weather and get_time in Paris",
    tools: [weather, time].map((each) => ({ type: "function", ...each })),
  },
  "a picture that is drawn": { model: "gemini-2.5-flash-image", input: "a cat" },
};

suite("chat, as the gateway behind answers it", () => {
  for (const [name, body] of Object.entries(chats)) {
    for (const stream of [false, true]) {
      test(`${name}${stream ? ", streamed" : ""}`, async () => {
        await using gateways = await chain();
        const asked = {
          ...body,
          stream,
          ...(stream && { stream_options: { include_usage: true } }),
        };
        const path = "/v1/chat/completions";
        const directly = await ask(gateways.behind, path, asked);
        assert.deepEqual(await ask(gateways.url, path, asked), directly);
        assert.equal(directly.status, 200, directly.body);
      });
    }
  }
});

suite("responses, as the gateway behind answers them", () => {
  for (const [name, body] of Object.entries(responses)) {
    for (const stream of [false, true]) {
      test(`${name}${stream ? ", streamed" : ""}`, async () => {
        await using gateways = await chain();
        const directly = await ask(gateways.behind, "/v1/responses", { ...body, stream });
        assert.deepEqual(await ask(gateways.url, "/v1/responses", { ...body, stream }), directly);
        assert.equal(directly.status, 200, directly.body);
      });
    }
  }
});

test("sources of a search survive; the words that were searched for have no place on the chat wire", async () => {
  await using gateways = await chain();
  const tools = [{ type: "web_search" }];
  const body = { model: "gemini-2.5-flash", input: "news of Paris", tools };
  const messages = async (url: string) => {
    const output = at(JSON.parse((await ask(url, "/v1/responses", body)).body), "output");
    assert.ok(Array.isArray(output));
    return output.filter((item) => at(item, "type") === "message");
  };
  const told = await messages(gateways.url);
  assert.deepEqual(told, await messages(gateways.behind));
  assert.match(JSON.stringify(told), /url_citation/);
});

test("embeddings, speech and pictures have routes of their own, and survive too", async () => {
  await using gateways = await chain();
  const embeddings = { model: "gemini-embedding-001", input: ["a", "b"], dimensions: 64 };
  const images = { model: "gemini-2.5-flash-image", prompt: "a cat" };
  for (const [path, body] of [
    ["/v1/embeddings", embeddings],
    ["/v1/images/generations", images],
  ] as const) {
    const directly = await ask(gateways.behind, path, body);
    assert.equal(directly.status, 200, directly.body);
    assert.deepEqual(await ask(gateways.url, path, body), directly, path);
  }
});

test("a loop of tools with a model that refuses a call without its signature", async () => {
  await using gateways = await chain();
  const openai = client(gateways);
  for (const stream of [false, true]) {
    const first = [{ role: "user", content: "What is the weather in Paris?" }] as const;
    const shared = { model: "gemini-3.5-flash", tools: tools.slice(0, 1) as never };
    const asked = { ...shared, messages: [...first] };
    const message = stream
      ? (await openai.chat.completions.stream(asked).finalChatCompletion()).choices[0]?.message
      : (await openai.chat.completions.create(asked)).choices[0]?.message;
    const [call] = message?.tool_calls ?? [];
    assert.ok(message !== undefined && call !== undefined);
    const answer = await openai.chat.completions.create({
      ...shared,
      messages: [...first, message, { role: "tool", tool_call_id: call.id, content: "sunny" }],
    });
    assert.match(answer.choices[0]?.message.content ?? "", /sunny/);
  }
});

const error = (reply: Reply) => at(JSON.parse(reply.body), "error");

test("errors of the gateway behind keep their code, their words and their advice", async () => {
  const table = [
    ["malformed-call", "malformed_tool_call"],
    ["overloaded", "model_overloaded"],
  ] as const;
  for (const [name, code] of table) {
    await using gateways = await chain();
    const body = { model: "gemini-2.5-flash", messages: user(`[[sandbox: fail ${name}]]`) };
    const path = "/v1/chat/completions";
    const told = error(await ask(gateways.url, path, body));
    const directly = error(await ask(gateways.behind, path, body));
    assert.equal(at(directly, "code"), code);
    assert.equal(at(told, "code"), code);
    assert.equal(at(told, "message"), at(directly, "message"));
  }
});

test("a gateway behind whose pool is used up says when to come back", async () => {
  await using gateways = await chain();
  const body = { model: "gemini-2.5-flash", messages: user("[[sandbox: fail rate-limit]]") };
  const answer = await ask(gateways.url, "/v1/chat/completions", body);
  assert.equal(answer.status, 429);
  assert.match(answer.body, /retry|until/i);
});

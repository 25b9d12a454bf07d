/** Google's official SDK against a running gateway: with Google's upstream behind it, and with a local model. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Content } from "@google/genai";
import { openaiCompatible } from "@agproxy/plugin-openai-compatible";
import { rotation } from "@agproxy/plugin-rotation";
import { startGateway } from "agproxy/testing";
import {
  assertAlone,
  assertFinalWords,
  assertWorkedOff,
  lacking,
  lookups,
  model,
  prompt,
  table,
  time,
  weather,
} from "./support/agent-task.ts";
import { chatServer } from "./support/chat-server.ts";
import { everydayPlugins } from "./support/everyday-plugins.ts";
import { at } from "./support/json-path.ts";
import { product } from "./support/product.ts";

const skip = lacking("@google/genai");
const strangers = lookups();

async function sdk({ url }: { readonly url: string }, apiKey = "no-key-needed") {
  const { GoogleGenAI } = await import("@google/genai");
  return new GoogleGenAI({ apiKey, httpOptions: { baseUrl: url } });
}

const answered = "This is the agproxy sandbox, no model behind it. You said: Say hello";
const hello = { model: "gemini-2.5-flash", contents: "Say hello" };
const parametersJsonSchema = { type: "object", properties: { city: { type: "string" } } };
const functionDeclarations = ["get_weather", "get_time", "book_table"].map((name) => ({
  name,
  description: `Does ${name}.`,
  parametersJsonSchema,
}));
const results: Readonly<Record<string, Record<string, unknown>>> = {
  get_weather: weather,
  get_time: time,
  book_table: table,
};

suite("@google/genai", { skip }, () => {
  test("an answer, a stream, a count, vectors, models and an error", async () => {
    await using gateway = await product();
    const { models } = await sdk(gateway);
    assert.equal((await models.generateContent(hello)).text, answered);
    const chunks = await Array.fromAsync(await models.generateContentStream(hello));
    assert.equal(chunks.map(({ text }) => text ?? "").join(""), answered);
    assert.equal(chunks.at(-1)?.candidates?.[0]?.finishReason, "STOP");
    assert.ok((chunks.at(-1)?.usageMetadata?.totalTokenCount ?? 0) > 0);
    assert.ok(((await models.countTokens(hello)).totalTokens ?? 0) > 0);
    const vectors = await models.embedContent({
      model: "gemini-embedding-001",
      contents: ["one", "two"],
      config: { outputDimensionality: 8 },
    });
    assert.deepEqual(
      vectors.embeddings?.map(({ values }) => values?.length),
      [8, 8],
    );
    const listed = await Array.fromAsync(await models.list({ config: { pageSize: 5 } }));
    assert.ok(listed.length > 5);
    assert.ok(listed.some(({ name }) => name === "models/gemini-2.5-flash"));
    const one = await models.get({ model: "gemini-2.5-flash" });
    assert.equal(one.name, "models/gemini-2.5-flash");
    await assert.rejects(models.generateContent({ ...hello, model: "gemini-none" }), {
      name: "ApiError",
      status: 404,
    });
  });

  for (const isStreamed of [true, false]) {
    test(`a loop of three turns with parallel calls, streamed: ${isStreamed}`, async () => {
      await using gateway = await product();
      const { models } = await sdk(gateway);
      const contents: Content[] = [{ role: "user", parts: [{ text: prompt }] }];
      const config = { tools: [{ functionDeclarations }] };
      const turns: string[][] = [];
      for (let turn = 0; turn < 5; turn += 1) {
        const asked = { model, contents, config };
        const said = isStreamed
          ? await Array.fromAsync(await models.generateContentStream(asked))
          : [await models.generateContent(asked)];
        const parts = said.flatMap((one) => one.candidates?.[0]?.content?.parts ?? []);
        const calls = parts.flatMap(({ functionCall }) => functionCall ?? []);
        turns.push(calls.map(({ name = "" }) => name));
        if (calls.length === 0) {
          assertFinalWords(parts.map(({ text }) => text ?? "").join(""));
          break;
        }
        const responses = calls.map(({ id, name = "" }) => ({
          functionResponse: {
            ...(id === undefined ? {} : { id }),
            name,
            response: results[name] ?? {},
          },
        }));
        contents.push({ role: "model", parts }, { role: "user", parts: responses });
      }
      assert.deepEqual(turns, [["get_weather", "get_time"], ["book_table"], []]);
      assertWorkedOff(gateway);
    });
  }

  test("structured output, and thoughts for who asks", async () => {
    await using gateway = await product();
    const { models } = await sdk(gateway);
    const responseSchema = { type: "OBJECT", properties: { age: { type: "INTEGER" } } };
    const shaped = await models.generateContent({
      ...hello,
      config: { responseMimeType: "application/json", responseJsonSchema: lowered(responseSchema) },
    });
    assert.equal(typeof at(JSON.parse(shaped.text ?? ""), "age"), "number");
    const config = { thinkingConfig: { includeThoughts: true, thinkingBudget: 1024 } };
    const thinking = await models.generateContent({ ...hello, config });
    assert.ok(thinking.candidates?.[0]?.content?.parts?.some(({ thought }) => thought === true));
  });

  test("a key is asked for in a header, and a wrong one refused", async () => {
    const key = "a-key-of-thirty-two-characters-0";
    await using gateway = await product({ auth: { mode: "strict", keys: key } });
    assert.equal((await (await sdk(gateway, key)).models.generateContent(hello)).text, answered);
    const { models } = await sdk(gateway, "wrong");
    await assert.rejects(models.generateContent(hello), { status: 401 });
    assert.ok(gateway.upstream.requests.every((request) => !JSON.stringify(request).includes(key)));
  });

  test("a local model answers a client of Google's: texts, calls and their results", async () => {
    await using server = await chatServer();
    await using gateway = await startGateway({
      plugins: [
        ...everydayPlugins({ mode: "off" }),
        rotation(),
        openaiCompatible({ baseUrl: server.url }),
      ],
    });
    const { chats, models } = await sdk(gateway);
    const asked = { model: "local-model", contents: "hello" };
    const config = { thinkingConfig: { includeThoughts: true } };
    const whole = await models.generateContent({ ...asked, config });
    assert.equal(whole.text, "You said: hello");
    assert.equal(whole.candidates?.[0]?.finishReason, "STOP");
    assert.equal(whole.usageMetadata?.totalTokenCount, 14);
    assert.equal(whole.usageMetadata.thoughtsTokenCount, 2);
    assert.deepEqual(whole.candidates[0].content?.parts?.[0], { text: "hm", thought: true });
    const chunks = await Array.fromAsync(await models.generateContentStream(asked));
    assert.equal(chunks.map(({ text }) => text ?? "").join(""), "You said: hello");
    assert.equal(chunks.at(-1)?.candidates?.[0]?.finishReason, "STOP");
    const chat = chats.create({
      model: "local-model",
      config: { tools: [{ functionDeclarations }] },
    });
    const first = await chat.sendMessage({ message: "What is the weather in Paris?" });
    const [call] = first.functionCalls ?? [];
    assert.deepEqual([call?.name, call?.args], ["get_weather", { city: "Paris" }]);
    const functionResponse = {
      ...(call?.id === undefined ? {} : { id: call.id }),
      name: "get_weather",
      response: { output: "21 degrees" },
    };
    const second = await chat.sendMessage({ message: { functionResponse } });
    assert.equal(second.text, "You said: 21 degrees");
    const messages = at(server.asked.at(-1), "messages");
    assert.deepEqual(at(messages, 1, "tool_calls", 0, "id"), at(messages, 2, "tool_call_id"));
  });

  test("a conversation goes on from a local model to Google's: foreign signatures stay behind", async () => {
    await using gateway = await product();
    const signature = Buffer.from("ag1.AAAAAAAA.made-elsewhere").toString("base64");
    const { models } = await sdk(gateway);
    const answer = await models.generateContent({
      model,
      contents: [
        { role: "user", parts: [{ text: "weather?" }] },
        {
          role: "model",
          parts: [
            {
              functionCall: { id: "a", name: "get_weather", args: { city: "Paris" } },
              thoughtSignature: signature,
            },
          ],
        },
        {
          role: "user",
          parts: [{ functionResponse: { id: "a", name: "get_weather", response: weather } }],
        },
      ],
      config: { tools: [{ functionDeclarations }] },
    });
    assert.match(answer.text ?? "", /get_weather returned/);
    const [sent] = gateway.upstream.requests;
    const part = at(sent?.body, "contents", 1, "parts", 0);
    assert.equal(at(part, "thoughtSignature"), "skip_thought_signature_validator");
  });

  test("nobody else was called", () => assertAlone(strangers));
});

function lowered(schema: { readonly properties: object }) {
  return {
    type: "object",
    properties: { age: { type: "integer" } },
    required: Object.keys(schema.properties),
  };
}

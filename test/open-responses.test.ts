/**
 * The acceptance cases of the Open Responses specification: what any server that speaks it must do.
 * Source: https://www.openresponses.org/specification and https://www.openresponses.org/compliance
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { gemini } from "@agproxy/plugin-gemini";
import { responses } from "@agproxy/plugin-responses";
import { startSandbox } from "@agproxy/plugin-sandbox";
import { startGateway } from "agproxy/testing";
import { openapiValidator } from "./openapi/validator.ts";
import { at } from "./support/json-path.ts";
import { type Json, outputText, responseClient } from "./support/response-client.ts";

const validator = openapiValidator();

/** A gateway over the Gemini wire, with no model behind it. */
async function start() {
  const upstream = await startSandbox({ accounts: 1 });
  const accounts = upstream.accounts.map(({ key, label }) => ({ key, label }));
  const gateway = await startGateway({
    plugins: [responses(), gemini({ accounts, baseUrl: upstream.url })],
  });
  const client = responseClient(gateway);
  return {
    url: gateway.url,
    /** A response that is checked as the specification has it. */
    async create(body: object): Promise<Json> {
      const response = await client.create({ model: "gemini-2.5-flash", ...body });
      assertResponse(response);
      return response;
    },
    async stream(body: object): Promise<readonly Json[]> {
      const events = await client.stream({ model: "gemini-2.5-flash", ...body });
      assertEvents(events);
      return events;
    },
    /** The last request that the upstream saw. */
    sent: () => upstream.requests.at(-1)?.body,
    async [Symbol.asyncDispose]() {
      await gateway.close();
      await upstream[Symbol.asyncDispose]();
    },
  };
}

const required = [
  "id",
  "object",
  "created_at",
  "completed_at",
  "status",
  "incomplete_details",
  "model",
  "previous_response_id",
  "instructions",
  "output",
  "error",
  "tools",
  "tool_choice",
  "truncation",
  "parallel_tool_calls",
  "text",
  "top_p",
  "presence_penalty",
  "frequency_penalty",
  "top_logprobs",
  "temperature",
  "reasoning",
  "usage",
  "max_output_tokens",
  "max_tool_calls",
  "store",
  "background",
  "service_tier",
  "metadata",
  "safety_identifier",
  "prompt_cache_key",
];

function assertResponse(response: Json): void {
  for (const field of required) assert.ok(field in response, `${field} is missing`);
  assert.equal(response["object"], "response");
  assert.equal(response["status"], "completed");
  assert.ok(Array.isArray(response["output"]) && response["output"].length > 0);
  for (const item of response["output"] as Json[]) {
    assert.equal(typeof item["id"], "string");
    assert.equal(typeof item["status"], "string");
    assert.notEqual(
      item["encrypted_content"],
      null,
      "OpenAI allows null here, this specification not",
    );
  }
  assert.deepEqual(validator.validate("Response", response), []);
}

function assertEvents(events: readonly Json[]): void {
  assert.deepEqual(
    events.map((event) => event["sequence_number"]),
    events.map((_, index) => index),
  );
  assert.equal(events[0]?.["type"], "response.created");
  assert.equal(events[1]?.["type"], "response.in_progress");
  assert.equal(events.at(-1)?.["type"], "response.completed");
  assertResponse(at(events.at(-1), "response") as Json);
  for (const event of events) {
    assert.deepEqual(validator.validate("ResponseStreamEvent", event), []);
  }
}

const weather = {
  type: "function",
  name: "get_weather",
  description: "Tells the weather of a city.",
  parameters: {
    type: "object",
    properties: { location: { type: "string", description: "A city." } },
    required: ["location"],
  },
};

const user = (content: unknown) => ({ type: "message", role: "user", content });

test("basic text response", async () => {
  await using gw = await start();
  const response = await gw.create({ input: [user("Say hello in exactly 3 words.")] });
  assert.match(outputText(response), /Say hello in exactly 3 words/);
});

test("streaming response", async () => {
  await using gw = await start();
  const events = await gw.stream({ input: [user("Count from 1 to 5.")] });
  const deltas = events.filter(({ type }) => type === "response.output_text.delta");
  assert.ok(deltas.length > 1, "the text comes in pieces");
  const text = deltas.map(({ delta }) => delta).join("");
  assert.equal(text, outputText(at(events.at(-1), "response") as Json));
});

test("system prompt", async () => {
  await using gw = await start();
  await gw.create({
    input: [
      { type: "message", role: "system", content: "You are a pirate. Always answer like one." },
      user("Say hello."),
    ],
  });
  const instruction = at(gw.sent(), "systemInstruction", "parts", 0, "text");
  assert.equal(instruction, "You are a pirate. Always answer like one.");
});

for (const role of ["developer", "instructions"] as const) {
  test(`a prompt of the ${role}`, async () => {
    await using gw = await start();
    const said = "Answer in verse.";
    await gw.create(
      role === "instructions"
        ? { input: "Say hello.", instructions: said }
        : { input: [{ type: "message", role, content: said }, user("Say hello.")] },
    );
    assert.equal(at(gw.sent(), "systemInstruction", "parts", 0, "text"), said);
  });
}

test("tool calling, streamed and not, and the answer to the result", async () => {
  await using gw = await start();
  const input = [user("What is the weather like in San Francisco?")];
  const whole = await gw.create({ input, tools: [weather], tool_choice: "required" });
  const events = await gw.stream({ input, tools: [weather], tool_choice: "required" });
  for (const response of [whole, at(events.at(-1), "response") as Json]) {
    const output = response["output"] as Json[];
    const call = output.find(({ type }) => type === "function_call");
    assert.equal(call?.["name"], "get_weather");
    assert.equal(typeof at(JSON.parse(String(call["arguments"])), "location"), "string");
    const result = {
      type: "function_call_output",
      call_id: call["call_id"],
      output: '{"sky":"clear"}',
    };
    const answer = await gw.create({ input: [...input, ...output, result], tools: [weather] });
    assert.match(outputText(answer), /clear/);
  }
  const pieces = events.filter(({ type }) => type === "response.function_call_arguments.delta");
  const done = events.find(({ type }) => type === "response.function_call_arguments.done");
  assert.equal(pieces.map(({ delta }) => delta).join(""), done?.["arguments"]);
});

test("the same tool may not be called, must be called, and is the only one of two", async () => {
  await using gw = await start();
  const input = "What is the weather like in Paris?";
  const time = { type: "function", name: "get_time" };
  const none = await gw.create({ input, tools: [weather], tool_choice: "none" });
  assert.ok((none["output"] as Json[]).every(({ type }) => type !== "function_call"));
  const named = await gw.create({
    input,
    tools: [weather, time],
    tool_choice: { type: "function", name: "get_time" },
  });
  const allowed = await gw.create({
    input,
    tools: [weather, time],
    tool_choice: {
      type: "allowed_tools",
      mode: "required",
      tools: [{ type: "function", name: "get_time" }],
    },
  });
  for (const { output } of [named, allowed]) {
    const call = (output as Json[]).find(({ type }) => type === "function_call");
    assert.equal(call?.["name"], "get_time");
  }
});

test("image input", async () => {
  await using gw = await start();
  const pixel =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
  await gw.create({
    input: [
      user([
        { type: "input_text", text: "What is in this picture?" },
        { type: "input_image", image_url: `data:image/png;base64,${pixel}` },
      ]),
    ],
  });
  const part = at(gw.sent(), "contents", 0, "parts", 1, "inlineData");
  assert.deepEqual(part, { mimeType: "image/png", data: pixel });
});

test("file input", async () => {
  await using gw = await start();
  const data = Buffer.from("%PDF-1.4 tiny").toString("base64");
  await gw.create({
    input: [
      user([
        { type: "input_text", text: "What is in this file?" },
        { type: "input_file", filename: "a.pdf", file_data: `data:application/pdf;base64,${data}` },
      ]),
    ],
  });
  const part = at(gw.sent(), "contents", 0, "parts", 1, "inlineData");
  assert.deepEqual(part, { mimeType: "application/pdf", data });
});

test("multi-turn conversation in the input", async () => {
  await using gw = await start();
  await gw.create({
    input: [
      user("My name is Alice."),
      { type: "message", role: "assistant", content: "Hello Alice! Nice to meet you." },
      user("What is my name?"),
    ],
  });
  const roles = (at(gw.sent(), "contents") as Json[]).map(({ role }) => role);
  assert.deepEqual(roles, ["user", "model", "user"]);
});

test("multi-turn conversation through previous_response_id", async () => {
  await using gw = await start();
  const first = await gw.create({ input: "My name is Alice." });
  const second = await gw.create({
    input: "What is my name?",
    previous_response_id: first["id"],
  });
  assert.equal(second["previous_response_id"], first["id"]);
  const contents = at(gw.sent(), "contents") as Json[];
  assert.equal(at(contents[0], "parts", 0, "text"), "My name is Alice.");
  assert.equal(contents.length, 3);
});

test("structured output", async () => {
  await using gw = await start();
  const schema = {
    type: "object",
    properties: { name: { type: "string" }, age: { type: "integer" } },
    required: ["name", "age"],
    additionalProperties: false,
  };
  const response = await gw.create({
    input: "Make up a person.",
    text: { format: { type: "json_schema", name: "person", schema, strict: true } },
  });
  const person: unknown = JSON.parse(outputText(response));
  assert.equal(typeof at(person, "name"), "string");
  assert.equal(typeof at(person, "age"), "number");
});

test("reasoning has a summary where one is asked for", async () => {
  await using gw = await start();
  const events = await gw.stream({
    input: "Think about it.",
    reasoning: { effort: "low", summary: "auto" },
  });
  const [item] = at(events.at(-1), "response", "output") as Json[];
  assert.equal(item?.["type"], "reasoning");
  assert.equal(at(item, "summary", 0, "type"), "summary_text");
  assert.ok(events.some(({ type }) => type === "response.reasoning_summary_text.delta"));
});

test("a stream ends in [DONE], and each event's name is its type", async () => {
  await using gw = await start();
  const response = await fetch(`${gw.url}/v1/responses`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "gemini-2.5-flash", input: "Hi", stream: true }),
  });
  assert.match(response.headers.get("content-type") ?? "", /^text\/event-stream/);
  const blocks = (await response.text()).split("\n\n").filter((block) => block !== "");
  assert.equal(blocks.pop(), "data: [DONE]");
  for (const block of blocks) {
    const [, name, data = ""] = /^event: (\S+)\ndata: (.*)$/.exec(block) ?? [];
    assert.equal(at(JSON.parse(data), "type"), name);
  }
});

test("an error has a type, a code, a message and the field at fault", async () => {
  await using gw = await start();
  const { status, body } = await responseClient(gw).post("", {
    input: [{ role: "user", content: 5 }],
  });
  assert.equal(status, 400);
  assert.equal(at(body, "error", "type"), "invalid_request_error");
  assert.equal(at(body, "error", "param"), "input[0].content");
  assert.equal(typeof at(body, "error", "code"), "string");
  assert.equal(typeof at(body, "error", "message"), "string");
});

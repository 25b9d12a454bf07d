/**
 * A tool's call keeps its signature on its way through a client, on every wire; and a conversation that goes on over another wire
 * than it began on loses none, because calls are remembered by their ids.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isObject } from "agproxy";
import { readSseText } from "agproxy/testing";
import { at } from "./support/json-path.ts";
import { product, type Product } from "./support/product.ts";
import { sentSignatures } from "./support/sent-parts.ts";

/** A model of the family that refuses a call in the history without its signature, or with one on another part. */
const model = "gemini-3.5-flash";

const question = "What is the weather in Paris?";
const described = { name: "get_weather", description: "The weather of a city." };
const parameters = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
};
const outcome = "21 degrees";

interface Call {
  readonly id: string;
  /** JSON text. */
  readonly input: string;
}

interface Wire {
  readonly path: string;
  /** The body of the first turn. */
  readonly first: Readonly<Record<string, unknown>>;
  /** The body of the second turn: with what this wire itself answered, or with a call that another wire made. */
  second(call: Call, answered?: readonly unknown[]): Readonly<Record<string, unknown>>;
  /** What a client sends back of an answer. */
  answered(body: unknown): readonly unknown[];
  streamed(text: string): readonly unknown[];
  call(answered: readonly unknown[]): Call;
}

const payloads = (text: string) =>
  readSseText(text)
    .filter(({ data }) => data !== "[DONE]")
    .map(({ data }): unknown => JSON.parse(data));

const chat: Wire = {
  path: "/v1/chat/completions",
  first: {
    messages: [{ role: "user", content: question }],
    tools: [{ type: "function", function: { ...described, parameters } }],
  },
  second({ id, input }, answered) {
    const made = { id, type: "function", function: { name: described.name, arguments: input } };
    const own = answered ?? [{ role: "assistant", content: null, tool_calls: [made] }];
    const result = { role: "tool", tool_call_id: id, content: outcome };
    return { ...chat.first, messages: [{ role: "user", content: question }, ...own, result] };
  },
  answered: (body) => [at(body, "choices", 0, "message")],
  streamed(text) {
    const deltas = payloads(text).map((chunk) => at(chunk, "choices", 0, "delta", "tool_calls"));
    const calls = deltas.filter((list) => Array.isArray(list)).flat();
    return [{ role: "assistant", content: null, tool_calls: calls }];
  },
  call: ([message]) => ({
    id: String(at(message, "tool_calls", 0, "id")),
    input: String(at(message, "tool_calls", 0, "function", "arguments")),
  }),
};

const responses: Wire = {
  path: "/v1/responses",
  first: {
    input: [{ role: "user", content: question }],
    tools: [{ type: "function", ...described, parameters }],
    store: false,
    include: ["reasoning.encrypted_content"],
  },
  second({ id, input }, answered) {
    const made = { type: "function_call", call_id: id, name: described.name, arguments: input };
    const result = { type: "function_call_output", call_id: id, output: outcome };
    const items = [{ role: "user", content: question }, ...(answered ?? [made]), result];
    return { ...responses.first, input: items };
  },
  answered(body) {
    const output = at(body, "output");
    return Array.isArray(output) ? output : [];
  },
  streamed: (text) => responses.answered(at(payloads(text).at(-1), "response")),
  call(items) {
    const call = items.find((item) => at(item, "type") === "function_call");
    return { id: String(at(call, "call_id")), input: String(at(call, "arguments")) };
  },
};

const messages: Wire = {
  path: "/v1/messages",
  first: {
    max_tokens: 8000,
    thinking: { type: "adaptive" },
    messages: [{ role: "user", content: question }],
    tools: [{ ...described, input_schema: parameters }],
  },
  second({ id, input }, answered) {
    const made = {
      type: "tool_use",
      id,
      name: described.name,
      input: JSON.parse(input) as unknown,
    };
    const result = { type: "tool_result", tool_use_id: id, content: outcome };
    const turns = [
      { role: "user", content: question },
      { role: "assistant", content: answered ?? [made] },
      { role: "user", content: [result] },
    ];
    return { ...messages.first, messages: turns };
  },
  answered(body) {
    const content = at(body, "content");
    return Array.isArray(content) ? content : [];
  },
  streamed(text) {
    const blocks: Record<string, unknown>[] = [];
    for (const event of payloads(text)) {
      const begun = at(event, "content_block");
      if (isObject(begun)) blocks.push({ ...begun });
      const open = blocks.at(-1);
      const [thinking, signature, json] = ["thinking", "signature", "partial_json"].map((key) =>
        at(event, "delta", key),
      );
      if (open === undefined) continue;
      if (typeof thinking === "string") open["thinking"] = thinking;
      if (signature !== undefined) open["signature"] = signature;
      if (typeof json === "string") open["input"] = JSON.parse(json);
    }
    return blocks;
  },
  call(blocks) {
    const call = blocks.find((block) => at(block, "type") === "tool_use");
    return { id: String(at(call, "id")), input: JSON.stringify(at(call, "input")) };
  },
};

async function ask(gateway: Product, wire: Wire, body: object, stream: boolean): Promise<string> {
  const answer = await fetch(gateway.url + wire.path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...body, model, stream }),
  });
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  return text;
}

for (const from of [chat, responses, messages]) {
  for (const to of [chat, responses, messages]) {
    for (const stream of [false, true]) {
      test(`a call of ${from.path} goes on at ${to.path}, ${stream ? "streamed" : "whole"}`, async () => {
        await using gateway = await product();
        const text = await ask(gateway, from, from.first, stream);
        const answered = stream ? from.streamed(text) : from.answered(JSON.parse(text));
        const call = from.call(answered);
        assert.deepEqual(JSON.parse(call.input), { city: "Paris" });
        const next = from === to ? to.second(call, answered) : to.second(call);
        const last = await ask(gateway, to, next, stream);
        assert.match(last, /21/);
        assert.deepEqual(sentSignatures(gateway), ["sandbox-signature:get_weather"]);
        assert.equal(gateway.upstream.requests.length, 2, "nothing was refused or tried again");
      });
    }
  }
}

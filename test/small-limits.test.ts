/**
 * The promise: a client that asks for few tokens gets them. The sandbox thinks as long as the model may, and refuses a
 * limit that thinking alone could use up.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { product } from "./support/product.ts";

const models = [
  "gpt-4o",
  "gemini-2.5-flash",
  "gemini-2.5-flash-lite",
  "gemini-2.5-pro",
  "gemini-3-flash-preview",
  "gemini-3.1-pro-preview",
  "gemini-3.5-flash",
  "gemini-3.8-flash",
];

async function post(url: string, body: object): Promise<unknown> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  assert.equal(response.status, 200, await response.clone().text());
  return response.json();
}

const messages = [{ role: "user", content: "Give this conversation a title, please." }];

interface ChatReply {
  readonly choices: readonly [
    { readonly message: { readonly content: string }; readonly finish_reason: string },
  ];
  readonly usage: { readonly completion_tokens: number };
}

test("max_tokens: 16 is 16 tokens of text, and ends as `length`", async () => {
  await using gateway = await product();
  for (const model of models) {
    const body = { model, messages, max_tokens: 16 };
    const { choices, usage } = (await post(
      `${gateway.url}/v1/chat/completions`,
      body,
    )) as ChatReply;
    assert.equal(choices[0].finish_reason, "length", model);
    assert.equal(usage.completion_tokens, 16, model);
    assert.ok(choices[0].message.content.length > 40, model);
  }
});

test("legacy completions count in the same way", async () => {
  await using gateway = await product();
  const body = { model: "gemini-2.5-pro", prompt: "const answer =", max_tokens: 16 };
  const reply = (await post(`${gateway.url}/v1/completions`, body)) as {
    readonly choices: readonly [{ readonly text: string; readonly finish_reason: string }];
  };
  assert.ok(reply.choices[0].text.length > 40);
  assert.equal(reply.choices[0].finish_reason, "length");
});

test("limits that include reasoning leave room for an answer", async () => {
  await using gateway = await product();
  for (const model of models) {
    for (const limit of [16, 1000, 4000]) {
      const chat = { model, messages, max_completion_tokens: limit, reasoning_effort: "high" };
      const { choices } = (await post(`${gateway.url}/v1/chat/completions`, chat)) as ChatReply;
      assert.notEqual(choices[0].message.content, "", `${model} ${limit}`);
      const input = "Give this conversation a title, please.";
      const asked = { model, input, max_output_tokens: limit };
      const reply = (await post(`${gateway.url}/v1/responses`, asked)) as {
        readonly output: readonly { readonly content?: readonly { readonly text?: string }[] }[];
      };
      const texts = reply.output.flatMap(({ content = [] }) => content.map(({ text }) => text));
      assert.notEqual(texts.join(""), "", `${model} ${limit}`);
    }
  }
});

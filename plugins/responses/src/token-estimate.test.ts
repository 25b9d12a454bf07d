import assert from "node:assert/strict";
import { test } from "node:test";
import { estimatedTokens } from "@agproxy/core";
import { testGateway } from "./fixtures/gateway.ts";
import { read } from "./fixtures/seal.ts";

const tokens = (body: object) => estimatedTokens(read({ model: "m", input: "", ...body }).request);

test("longer is more, whatever it is made of", () => {
  const image = { type: "input_image", image_url: "data:image/png;base64,aGk=" };
  const less = tokens({ input: "Hello" });
  const more: readonly object[] = [
    { input: "Hello there, how are you today?" },
    { input: "Hello", instructions: "Be brief." },
    { input: [{ role: "user", content: [{ type: "input_text", text: "Hello" }, image] }] },
    { input: "Hello", tools: [{ type: "function", name: "f" }] },
    {
      input: "Hello",
      text: { format: { type: "json_schema", name: "n", schema: { type: "object" } } },
    },
    {
      input: [
        { type: "function_call", call_id: "c", name: "f", arguments: '{"a":1}' },
        { role: "user", content: "Hello" },
      ],
    },
  ];
  for (const body of more) assert.ok(tokens(body) > less, JSON.stringify(body));
});

test("a text is about what models count for it", () => {
  const english = "The quick brown fox jumps over the lazy dog. ".repeat(20);
  const said = tokens({ input: english });
  assert.ok(said > 180 && said < 300, String(said));
  const chinese = tokens({ input: "天地玄黃宇宙洪荒".repeat(10) });
  assert.ok(chinese > 60 && chinese < 110, String(chinese));
});

test("the route asks no upstream and says that it estimates", async () => {
  await using gw = await testGateway(() => []);
  const answer = await gw.post({ input: "Hello there" }, "/input_tokens");
  assert.equal(answer.headers.get("x-agproxy-estimated"), "input_tokens");
  const { input_tokens } = (await answer.json()) as { input_tokens: number };
  assert.equal(input_tokens, tokens({ input: "Hello there" }));
  assert.equal(gw.sent.length, 0);
});

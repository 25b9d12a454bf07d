/** The AI SDK works through a gateway: its loop of tools and its structured output, over every wire it speaks. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { z } from "zod";
import {
  assertAlone,
  assertFinalWords,
  assertWorkedOff,
  lacking,
  lookups,
  model,
  prompt,
  type ResultForm,
  table,
  time,
  weather,
} from "./support/agent-task.ts";
import { product, type Product } from "./support/product.ts";

const skip = lacking(
  "ai",
  "@ai-sdk/anthropic",
  "@ai-sdk/google",
  "@ai-sdk/openai",
  "@ai-sdk/openai-compatible",
);
const strangers = lookups();

const wires = [
  "openai-compatible",
  "openai chat",
  "openai responses",
  "anthropic",
  "google",
] as const;

/** The provider of Google's wire puts results beside the names of their tools, and agproxy leaves them so. */
const forms: Readonly<Partial<Record<(typeof wires)[number], ResultForm>>> = {
  google: (name, content) => ({ name, content }),
};

async function languageModel(wire: (typeof wires)[number], { url }: Product) {
  const { createOpenAI } = await import("@ai-sdk/openai");
  const { createOpenAICompatible } = await import("@ai-sdk/openai-compatible");
  const options = { baseURL: `${url}/v1`, apiKey: "no-key-needed" };
  if (wire === "anthropic") {
    const { createAnthropic } = await import("@ai-sdk/anthropic");
    return createAnthropic(options)(model);
  }
  if (wire === "google") {
    const { createGoogleGenerativeAI } = await import("@ai-sdk/google");
    return createGoogleGenerativeAI({ ...options, baseURL: `${url}/v1beta` })(model);
  }
  if (wire === "openai chat") return createOpenAI(options).chat(model);
  if (wire === "openai responses") return createOpenAI(options).responses(model);
  const compatible = { name: "agproxy", includeUsage: true, supportsStructuredOutputs: true };
  return createOpenAICompatible({ ...options, ...compatible }).chatModel(model);
}

async function tools() {
  const { tool } = await import("ai");
  const inputSchema = z.object({ city: z.string() });
  return {
    get_weather: tool({ description: "The weather.", inputSchema, execute: async () => weather }),
    get_time: tool({ description: "The time.", inputSchema, execute: async () => time }),
    book_table: tool({ description: "Books a table.", inputSchema, execute: async () => table }),
  };
}

const person = z.object({ name: z.string(), age: z.number().int().min(18) });

suite("the AI SDK", { skip }, () => {
  for (const wire of wires) {
    test(`${wire}: a loop of three turns with parallel calls, streamed`, async () => {
      const { isStepCount, streamText } = await import("ai");
      await using gateway = await product();
      const result = streamText({
        model: await languageModel(wire, gateway),
        tools: await tools(),
        prompt,
        stopWhen: isStepCount(5),
        maxRetries: 0,
      });
      const parts = await Array.fromAsync(result.fullStream);
      assert.deepEqual(
        parts.filter(({ type }) => type === "error"),
        [],
      );
      const steps = await result.steps;
      assert.deepEqual(
        steps.map(({ toolCalls }) => toolCalls.map(({ toolName }) => toolName)),
        [["get_weather", "get_time"], ["book_table"], []],
      );
      assert.deepEqual(
        steps.map(({ finishReason }) => finishReason),
        ["tool-calls", "tool-calls", "stop"],
      );
      assertFinalWords(await result.text, forms[wire]);
      assert.ok(((await result.usage).totalTokens ?? 0) > 0);
      assertWorkedOff(gateway, forms[wire]);
    });

    test(`${wire}: the same loop, not streamed`, async () => {
      const { generateText, isStepCount } = await import("ai");
      await using gateway = await product();
      const { text } = await generateText({
        model: await languageModel(wire, gateway),
        tools: await tools(),
        prompt,
        stopWhen: isStepCount(5),
        maxRetries: 0,
      });
      assertFinalWords(text, forms[wire]);
      assertWorkedOff(gateway, forms[wire]);
    });

    test(`${wire}: structured output, whole and streamed`, async () => {
      const { generateText, Output, streamText } = await import("ai");
      await using gateway = await product();
      const request = {
        model: await languageModel(wire, gateway),
        output: Output.object({ schema: person }),
        prompt: "Invent somebody",
        maxRetries: 0,
      };
      const expected = { name: "sandbox", age: 18 };
      assert.deepEqual((await generateText(request)).output, expected);
      const streamed = streamText(request);
      const partial = await Array.fromAsync(streamed.partialOutputStream);
      assert.deepEqual(partial.at(-1), expected);
      assert.deepEqual(await streamed.output, expected);
    });
  }

  test("nobody else was called", () => assertAlone(strangers));
});

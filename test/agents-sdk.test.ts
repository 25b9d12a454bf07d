/** The OpenAI Agents SDK works through a gateway: its loop of tools and typed output, over chat and responses. */
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
  table,
  time,
  weather,
} from "./support/agent-task.ts";
import { product, type Product } from "./support/product.ts";

const skip = lacking("@openai/agents");
const strangers = lookups();

const wires = ["chat", "responses"] as const;

async function runner(wire: (typeof wires)[number], { url }: Product) {
  const { OpenAIProvider, Runner } = await import("@openai/agents");
  const modelProvider = new OpenAIProvider({
    apiKey: "no-key-needed",
    baseURL: `${url}/v1`,
    useResponses: wire === "responses",
  });
  return new Runner({ modelProvider, tracingDisabled: true });
}

async function agent() {
  const { Agent, tool } = await import("@openai/agents");
  const parameters = z.object({ city: z.string() });
  const made = (name: string, result: object) =>
    tool({ name, description: `Does ${name}.`, parameters, execute: async () => result });
  return new Agent({
    name: "traveller",
    model,
    instructions: "Be brief.",
    tools: [made("get_weather", weather), made("get_time", time), made("book_table", table)],
  });
}

suite("the OpenAI Agents SDK", { skip }, () => {
  for (const wire of wires) {
    test(`${wire}: a loop of three turns with parallel calls, streamed`, async () => {
      await using gateway = await product();
      const running = await runner(wire, gateway);
      const stream = await running.run(await agent(), prompt, { stream: true, maxTurns: 5 });
      const words = await Array.fromAsync(stream.toTextStream());
      await stream.completed;
      assertFinalWords(stream.finalOutput);
      assertFinalWords(words.join(""));
      assertWorkedOff(gateway);
    });

    test(`${wire}: the same loop, not streamed`, async () => {
      await using gateway = await product();
      const running = await runner(wire, gateway);
      const { finalOutput } = await running.run(await agent(), prompt, { maxTurns: 5 });
      assertFinalWords(finalOutput);
      assertWorkedOff(gateway);
    });

    test(`${wire}: typed output`, async () => {
      const { Agent } = await import("@openai/agents");
      await using gateway = await product();
      const outputType = z.object({ name: z.string(), age: z.number().int().min(18) });
      const inventor = new Agent({ name: "inventor", model, outputType });
      const running = await runner(wire, gateway);
      const { finalOutput } = await running.run(inventor, "Invent somebody");
      assert.deepEqual(finalOutput, { name: "sandbox", age: 18 });
    });
  }

  test("nobody else was called", () => assertAlone(strangers));
});

/** LangChain works through a gateway: tools, streams and structured output, over chat, responses and Google's own API. */
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

const skip = lacking("@langchain/openai", "@langchain/google-genai", "@langchain/core");
const strangers = lookups();

const wires = ["chat", "responses", "google"] as const;

async function chatModel(wire: (typeof wires)[number], { url }: Product) {
  if (wire === "google") {
    const { ChatGoogleGenerativeAI } = await import("@langchain/google-genai");
    return new ChatGoogleGenerativeAI({
      model,
      apiKey: "no-key-needed",
      baseUrl: url,
      maxRetries: 0,
    });
  }
  const { ChatOpenAI } = await import("@langchain/openai");
  return new ChatOpenAI({
    model,
    apiKey: "no-key-needed",
    configuration: { baseURL: `${url}/v1` },
    useResponsesApi: wire === "responses",
    maxRetries: 0,
  });
}

async function tools() {
  const { tool } = await import("@langchain/core/tools");
  const schema = z.object({ city: z.string() });
  const made = (name: string, result: object) =>
    tool(async () => JSON.stringify(result), { name, description: `Does ${name}.`, schema });
  return [made("get_weather", weather), made("get_time", time), made("book_table", table)];
}

/** Runs the tools until the model has nothing more to call; gives the names of the calls of each turn, and the last words. */
async function loop(
  wire: (typeof wires)[number],
  gateway: Product,
  isStreamed: boolean,
  task = prompt,
) {
  const { HumanMessage } = await import("@langchain/core/messages");
  const { concat } = await import("@langchain/core/utils/stream");
  const offered = await tools();
  const bound = (await chatModel(wire, gateway)).bindTools(offered);
  const messages: Parameters<typeof bound.invoke>[0] & unknown[] = [new HumanMessage(task)];
  const turns: string[][] = [];
  for (let turn = 0; turn < 5; turn += 1) {
    const answer = isStreamed
      ? (await Array.fromAsync(await bound.stream(messages))).reduce((a, b) => concat(a, b))
      : await bound.invoke(messages);
    const calls = answer.tool_calls ?? [];
    messages.push(answer);
    turns.push(calls.map(({ name }) => name));
    if (calls.length === 0) return { turns, text: answer.text };
    for (const call of calls) {
      const used = offered.find(({ name }) => name === call.name);
      messages.push(await used?.invoke({ ...call, type: "tool_call" }));
    }
  }
  return assert.fail("the loop does not end");
}

suite("LangChain", { skip }, () => {
  for (const wire of wires) {
    for (const isStreamed of [true, false]) {
      if (wire === "google") {
        // It sends the results of parallel calls one by one, and Google wants them together.
        test(`${wire}: a loop of two turns, streamed: ${isStreamed}`, async () => {
          await using gateway = await product();
          const { turns, text } = await loop(wire, gateway, isStreamed, "Use book_table in Rome.");
          assert.deepEqual(turns, [["book_table"], []]);
          assertFinalWords(text, (_name, result) => ({ result: JSON.stringify(result) }));
        });
        continue;
      }
      test(`${wire}: a loop of three turns with parallel calls, streamed: ${isStreamed}`, async () => {
        await using gateway = await product();
        const { turns, text } = await loop(wire, gateway, isStreamed);
        assert.deepEqual(turns, [["get_weather", "get_time"], ["book_table"], []]);
        assertFinalWords(text);
        assertWorkedOff(gateway);
      });
    }

    test(`${wire}: structured output, by schema and by a function`, async () => {
      await using gateway = await product();
      const person = z.object({ name: z.string(), age: z.number().int().min(18) });
      const plain = await chatModel(wire, gateway);
      for (const method of ["jsonSchema", "functionCalling"] as const) {
        const structured = plain.withStructuredOutput(person, { name: "person", method });
        assert.deepEqual(await structured.invoke("Invent somebody"), { name: "sandbox", age: 18 });
      }
    });
  }

  test("nobody else was called", () => assertAlone(strangers));
});

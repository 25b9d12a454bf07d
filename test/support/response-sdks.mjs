/**
 * Runs in a folder of its own, where other people's SDKs are installed: speaks to the gateway at the given URL
 * with each of them, and prints what came of it as JSON lines.
 */
import { createOpenAI } from "@ai-sdk/openai";
import {
  Agent,
  run,
  setDefaultOpenAIClient,
  setTracingDisabled,
  tool as agentTool,
} from "@openai/agents";
import { stepCountIs, streamText, tool } from "ai";
import OpenAI from "openai";
import { z } from "zod";

const baseURL = `${process.argv[2]}/v1`;
const apiKey = "any";
setTracingDisabled(true);
setDefaultOpenAIClient(new OpenAI({ baseURL, apiKey }));

const told = (name, result) => console.log(JSON.stringify({ name, ...result }));
const parameters = z.object({ city: z.string() });

const execute = async ({ city }) => `${city} is clear`;

const weather = agentTool({
  name: "weather",
  description: "Tells the weather.",
  parameters,
  execute,
});

for (const stream of [false, true]) {
  const agent = new Agent({ name: "solo", model: "m", tools: [weather] });
  const result = await run(agent, "Weather?", { stream });
  if (stream) await result.completed;
  told(`agents, tools, ${stream ? "streamed" : "whole"}`, { text: result.finalOutput });
}

const expert = new Agent({ name: "expert", model: "m", instructions: "Expert.", tools: [weather] });
const desk = new Agent({ name: "desk", model: "m", handoffs: [expert] });
const handed = await run(desk, "Weather?");
told("agents, handoff", { text: handed.finalOutput, agent: handed.lastAgent?.name });

const first = await run(new Agent({ name: "a", model: "m" }), "one");
const second = await run(new Agent({ name: "a", model: "m" }), "two", {
  previousResponseId: first.lastResponseId,
});
told("agents, previous response", { text: second.finalOutput });

for (const store of [true, false]) {
  const model = createOpenAI({ baseURL, apiKey }).responses("gpt-5");
  const tools = { weather: tool({ description: "Tells.", inputSchema: parameters, execute }) };
  const providerOptions = { openai: { store, include: ["reasoning.encrypted_content"] } };
  const result = streamText({
    model,
    prompt: "Weather?",
    tools,
    stopWhen: stepCountIs(4),
    providerOptions,
  });
  const text = await result.text;
  told(`ai, tools, store ${store}`, {
    text,
    finish: await result.finishReason,
    steps: (await result.steps).length,
  });
}

/** OpenAI's Agents SDK and Vercel's AI SDK speak Responses to agproxy: tools, hand-offs, conversations. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { responses } from "@agproxy/plugin-responses";
import type { ChatRequest } from "agproxy";
import { type Script, scriptedUpstream, startGateway, textAnswer } from "agproxy/testing";
import { repository } from "./support/repository.ts";
import { transcript } from "./support/response-client.ts";

const run = promisify(execFile);

const packages = [
  "@ai-sdk/openai@4.0.118",
  "@openai/agents@0.20.0",
  "ai@7.0.173",
  "openai@7.57.0",
  "zod@4.6.7",
];

/** Kept between runs. */
const place = join(tmpdir(), "agproxy-response-sdks-1");

async function missing(): Promise<string | false> {
  try {
    if (!existsSync(join(place, "node_modules", "ai"))) {
      mkdirSync(place, { recursive: true });
      const flags = ["--prefix", place, "--no-audit", "--no-fund", "--ignore-scripts"];
      await run("npm", ["install", ...flags, ...packages], { timeout: 180_000 });
    }
    return false;
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message.split("\n")[0] : String(thrown);
    return `the SDKs cannot be had here: ${why}`;
  }
}

let calls = 0;

const said = ({ messages }: ChatRequest) => messages.flatMap(({ content }) => content);

/** Hands off where it can, calls the tool it has once, and then says what it knows. */
const script: Script = (request) => {
  const names = request.tools?.map(({ name }) => name) ?? [];
  const handOff = names.find((name) => name.startsWith("transfer"));
  const asked = said(request).some((part) => part.type === "tool-call" && part.name === "weather");
  const name = handOff ?? (asked ? undefined : names.find((one) => one === "weather"));
  if (name === undefined) {
    const signed = said(request).filter(({ signature }) => signature !== undefined).length;
    return textAnswer(`${transcript(request).length} messages, ${signed} signed`);
  }
  const id = `call_${(calls += 1)}`;
  const args = name === "weather" ? '{"city":"Taipei"}' : "{}";
  return [
    [
      { type: "reasoning", choice: 0, text: "Let me see." },
      { type: "tool-call", choice: 0, id, name, arguments: args, signature: `of ${id}` },
    ],
    [
      { type: "finish", choice: 0, reason: "stop" },
      { type: "usage", usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 } },
    ],
  ];
};

test("tools, hand-offs and conversations of other SDKs", { skip: await missing() }, async () => {
  const upstream = scriptedUpstream(script);
  await using gateway = await startGateway({ plugins: [responses(), upstream.plugin] });
  const program = join(place, "response-sdks.mjs");
  copyFileSync(join(repository, "test/support/response-sdks.mjs"), program);
  const { stdout } = await run(process.execPath, [program, gateway.url], { timeout: 120_000 });
  const results = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
  const once = "3 messages, 1 signed";
  assert.deepEqual(results, [
    { name: "agents, tools, whole", text: once },
    { name: "agents, tools, streamed", text: once },
    { name: "agents, handoff", text: "6 messages, 2 signed", agent: "expert" },
    { name: "agents, previous response", text: "3 messages, 0 signed" },
    { name: "ai, tools, store true", text: once, finish: "stop", steps: 2 },
    { name: "ai, tools, store false", text: once, finish: "stop", steps: 2 },
  ]);
  const last = upstream.sent.map(({ request }) => transcript(request).at(-1));
  assert.ok(last.includes("tool: = Taipei is clear"));
});

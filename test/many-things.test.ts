/**
 * The promise: a request of very many small things costs what as many bytes in fewer things cost. One that took time by
 * the square of them would stand still, and every stream with it.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { answerWell, geminiServer } from "./support/gemini-server.ts";
import { at } from "./support/json-path.ts";
import { poolGateway } from "./support/pool-gateway.ts";

/** As many as a body may have in one list, nearly (docs/decisions/0015-bounds-of-bodies.md). */
const many = 16_000;
const patience = 30_000;

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

const user = { role: "user", content: "a" };
const message = { type: "message", ...user };
const texts = (type: string) => times(many, () => ({ type, text: "a" }));
const call = (index: number) => ({
  id: `call_${index}`,
  type: "function",
  function: { name: "f", arguments: "{}" },
});
const calls = { role: "assistant", tool_calls: times(many, call) };
const result = (index: number) => ({ role: "tool", tool_call_id: `call_${index}`, content: "r" });
const tool = (name: string) => ({ type: "function", function: { name } });

interface Case {
  readonly title: string;
  readonly path: "/v1/chat/completions" | "/v1/responses";
  readonly body: Readonly<Record<string, unknown>>;
  /** Where in what the upstream is sent there must be `many`. */
  readonly sent: readonly (string | number)[];
}

const chat = (title: string, body: Case["body"], ...sent: Case["sent"]): Case => ({
  title,
  path: "/v1/chat/completions",
  body,
  sent,
});

const response = (title: string, input: unknown, ...sent: Case["sent"]): Case => ({
  title,
  path: "/v1/responses",
  body: { input, store: false },
  sent,
});

const cases: readonly Case[] = [
  chat("messages of a user", { messages: times(many, () => user) }, "contents", 0, "parts"),
  chat(
    "texts of a message",
    { messages: [{ ...user, content: texts("text") }] },
    "contents",
    0,
    "parts",
  ),
  chat(
    "messages of the model",
    { messages: [user, ...times(many, () => ({ role: "assistant", content: "a" })), user] },
    "contents",
    1,
    "parts",
  ),
  chat(
    "instructions",
    { messages: [...times(many, () => ({ role: "system", content: "a" })), user] },
    "systemInstruction",
    "parts",
  ),
  chat(
    "texts of instructions",
    { messages: [{ role: "system", content: texts("text") }, user] },
    "systemInstruction",
    "parts",
  ),
  chat("calls without results", { messages: [user, calls, user] }, "contents", 1, "parts"),
  chat(
    "calls with their results",
    { messages: [user, calls, ...times(many, result), user] },
    "contents",
    2,
    "parts",
  ),
  chat(
    "results in another order",
    { messages: [user, calls, ...times(many, result).toReversed(), user] },
    "contents",
    2,
    "parts",
  ),
  chat(
    "tools whose names become alike",
    { messages: [user], tools: times(many, (index) => tool("f".repeat(64) + index)) },
    "tools",
    0,
    "functionDeclarations",
  ),
  chat(
    "allowed tools",
    {
      messages: [user],
      tools: times(many, (index) => tool(`f${index}`)),
      tool_choice: {
        type: "allowed_tools",
        allowed_tools: { mode: "auto", tools: times(many, (index) => tool(`f${index}`)) },
      },
    },
    "tools",
    0,
    "functionDeclarations",
  ),
  response(
    "items",
    times(many, () => message),
    "contents",
    0,
    "parts",
  ),
  response(
    "texts that the model said",
    [message, { ...message, role: "assistant", content: texts("output_text") }, message],
    "contents",
    1,
    "parts",
  ),
];

/** Asks for an answer that must be a good one. */
async function ask(url: string, body: Case["body"]): Promise<Response> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ model: "gemini-2.5-flash", ...body }),
    signal: AbortSignal.timeout(patience),
  });
  assert.equal(answer.status, 200, await answer.text());
  return answer;
}

for (const { title, path, body, sent } of cases) {
  test(`${many} ${title}, ${path}`, async () => {
    await using server = await geminiServer(answerWell);
    await using gateway = await poolGateway(server.url);
    await ask(gateway.url + path, body);
    const arrived = at(server.calls[0]?.body, ...sent);
    assert.ok(Array.isArray(arrived));
    assert.equal(arrived.length, many);
  });
}

test(`${many} fields that nobody can honour, of which a header names as many as it can hold`, async () => {
  await using server = await geminiServer(answerWell);
  await using gateway = await poolGateway(server.url);
  const tools = times(many, (index) => ({ type: `unknown_${index}` }));
  const answer = await ask(`${gateway.url}/v1/chat/completions`, { messages: [user], tools });
  assert.match(
    answer.headers.get("x-agproxy-ignored") ?? "",
    /^tools\.unknown_0, tools\.unknown_1, /,
  );
});

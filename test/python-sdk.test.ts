/** The lesson's own script, in Python with the official OpenAI SDK, against a running gateway. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { finishedProcess } from "./support/child-process.ts";
import { at } from "./support/json-path.ts";
import { product } from "./support/product.ts";
import { pythonSdk } from "./support/python-sdk.ts";

const sdk = await pythonSdk();
const skip = "missing" in sdk ? `no OpenAI SDK for Python: ${sdk.missing}` : false;
const python = "missing" in sdk ? "" : sdk.python;

const opening = `
import json, os
import openai
client = openai.OpenAI(base_url=os.environ["BASE_URL"], api_key=os.environ.get("KEY", "any"), max_retries=0)
`;

/** Runs a script; what it prints last is JSON. */
async function run(script: string, url: string, key?: string): Promise<unknown> {
  const env = { BASE_URL: `${url}/v1`, KEY: key, PYTHONDONTWRITEBYTECODE: "1" };
  const end = await finishedProcess(python, ["-c", opening + script], { cwd: "/", env });
  assert.equal(end.code, 0, end.stderr);
  return JSON.parse(end.stdout);
}

const answered = "This is the agproxy sandbox, no model behind it. You said: Say hello";

test("chat, streamed chat, responses and the list of models", { skip }, async () => {
  await using gateway = await product();
  const script = `
messages = [{"role": "user", "content": "Say hello"}]
chat = client.chat.completions.create(model="gpt-4o", messages=messages)

streamed = ""
for chunk in client.chat.completions.create(model="gpt-4o", messages=messages, stream=True):
    streamed += chunk.choices[0].delta.content or ""

response = client.responses.create(model="gpt-4o", instructions="Be brief.", input="Say hello")

events = []
for event in client.responses.create(model="gpt-4o", input="Say hello", stream=True):
    events.append(event.type)

print(json.dumps({
    "chat": chat.choices[0].message.content,
    "finish": chat.choices[0].finish_reason,
    "streamed": streamed,
    "response": response.output_text,
    "promised": response.choices[0]["message"]["content"],
    "last": events[-1],
    "models": [model.id for model in client.models.list()],
}))
`;
  const { models, ...said } = (await run(script, gateway.url)) as { readonly models: unknown };
  assert.deepEqual(said, {
    chat: answered,
    finish: "stop",
    streamed: answered,
    response: answered,
    promised: answered,
    last: "response.completed",
  });
  assert.ok(Array.isArray(models) && models.includes("gpt-4o"));
});

test("a tools loop of two turns, with the message as it came", { skip }, async () => {
  await using gateway = await product();
  const script = `
tools = [{"type": "function", "function": {
    "name": "get_weather", "description": "The weather of a city.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}}]
messages = [{"role": "user", "content": "What is the weather in Paris?"}]
first = client.chat.completions.create(model="gemini-3.5-flash", messages=messages, tools=tools)
message = first.choices[0].message
call = message.tool_calls[0]
messages += [message, {"role": "tool", "tool_call_id": call.id, "content": "21 degrees"}]
second = client.chat.completions.create(model="gemini-3.5-flash", messages=messages, tools=tools)
print(json.dumps({
    "name": call.function.name,
    "arguments": json.loads(call.function.arguments),
    "answer": second.choices[0].message.content,
}))
`;
  const said = await run(script, gateway.url);
  assert.equal(at(said, "name"), "get_weather");
  assert.deepEqual(at(said, "arguments"), { city: "Paris" });
  assert.match(String(at(said, "answer")), /21 degrees/);
});

test("errors arrive as the SDK's own exceptions", { skip }, async () => {
  const key = "a-key-of-thirty-two-characters-0";
  await using gateway = await product({
    auth: { mode: "strict", keys: key },
    upstream: { accounts: [{ fail: "rate-limit" }] },
  });
  const script = `
def attempt(client, **body):
    try:
        client.chat.completions.create(**{"model": "gpt-4o", "messages": [{"role": "user", "content": "hi"}], **body})
    except openai.APIStatusError as error:
        return [type(error).__name__, error.code, error.response.headers.get("retry-after") is not None]

print(json.dumps([
    attempt(client.with_options(api_key="another-key-altogether")),
    attempt(client, temperature="warm"),
    attempt(client),
    attempt(client, stream=True),
]))
`;
  const [stranger, wrong, ...limited] = (await run(script, gateway.url, key)) as unknown[];
  assert.deepEqual(stranger, ["AuthenticationError", "invalid_api_key", false]);
  assert.equal(at(wrong, 0), "BadRequestError");
  const limit = ["RateLimitError", "pool_exhausted", true];
  assert.deepEqual(limited, [limit, limit]);
});

/** Anthropic's official SDK for Python against a running gateway. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { finishedProcess } from "./support/child-process.ts";
import { at } from "./support/json-path.ts";
import { product } from "./support/product.ts";
import { pythonSdk } from "./support/python-sdk.ts";

const sdk = await pythonSdk("anthropic");
const skip = "missing" in sdk ? `no Anthropic SDK for Python: ${sdk.missing}` : false;
const python = "missing" in sdk ? "" : sdk.python;

const opening = `
import json, os
import anthropic
client = anthropic.Anthropic(base_url=os.environ["BASE_URL"], api_key="any", max_retries=0)
hello = {"model": "claude-sonnet-5-5", "max_tokens": 1000, "messages": [{"role": "user", "content": "Say hello"}]}
`;

/** Runs a script; what it prints last is JSON. */
async function run(script: string, url: string): Promise<unknown> {
  const env = { BASE_URL: url, PYTHONDONTWRITEBYTECODE: "1" };
  const end = await finishedProcess(python, ["-c", opening + script], { cwd: "/", env });
  assert.equal(end.code, 0, end.stderr);
  return JSON.parse(end.stdout);
}

test("a message, a stream, a count, the models and an error", { skip }, async () => {
  await using gateway = await product();
  const script = `
message = client.messages.create(**hello)
with client.messages.stream(**hello) as stream:
    streamed = "".join(stream.text_stream)
    last = stream.get_final_message()
count = client.messages.count_tokens(model=hello["model"], messages=hello["messages"])
try:
    client.messages.create(**{**hello, "messages": []})
except anthropic.BadRequestError as error:
    refused = [type(error).__name__, error.body["error"]["type"], error.request_id is not None]
print(json.dumps({
    "text": message.content[0].text,
    "streamed": streamed,
    "ends": [message.stop_reason, last.stop_reason],
    "counted": count.input_tokens > 0 and last.usage.output_tokens > 0,
    "models": len([model.id for model in client.models.list(limit=7)]) > 14,
    "refused": refused,
}))
`;
  const answered = "This is the agproxy sandbox, no model behind it. You said: Say hello";
  assert.deepEqual(await run(script, gateway.url), {
    text: answered,
    streamed: answered,
    ends: ["end_turn", "end_turn"],
    counted: true,
    models: true,
    refused: ["BadRequestError", "invalid_request_error", true],
  });
});

test("a tools loop of two turns, with thoughts as they came", { skip }, async () => {
  await using gateway = await product();
  const script = `
tools = [{
    "name": "get_weather", "description": "The weather of a city.",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}]
messages = [{"role": "user", "content": "What is the weather in Paris?"}]
body = {"model": "gemini-3.5-flash", "max_tokens": 8000, "thinking": {"type": "adaptive"}, "tools": tools}
first = client.messages.create(**body, messages=messages)
call = first.content[-1]
messages += [
    {"role": "assistant", "content": first.content},
    {"role": "user", "content": [{"type": "tool_result", "tool_use_id": call.id, "content": "21 degrees"}]},
]
second = client.messages.create(**body, messages=messages)
print(json.dumps({"types": [b.type for b in first.content], "input": call.input, "answer": second.content[-1].text}))
`;
  const said = await run(script, gateway.url);
  assert.deepEqual(at(said, "types"), ["thinking", "tool_use"]);
  assert.deepEqual(at(said, "input"), { city: "Paris" });
  assert.match(String(at(said, "answer")), /21 degrees/);
});

test("the tool runner sends the whole conversation, streamed or not", { skip }, async () => {
  await using gateway = await product();
  const script = `
asked = []
@anthropic.beta_tool
def get_weather(city: str) -> str:
    """The weather of a city."""
    asked.append(city)
    return "21 degrees"
body = {"model": "gemini-3.5-flash", "max_tokens": 8000, "tools": [get_weather]}
question = [{"role": "user", "content": "What is the weather in Paris?"}]
answers = [
    client.beta.messages.tool_runner(**body, messages=question, stream=stream).until_done().content[-1].text
    for stream in (False, True)
]
print(json.dumps({"asked": asked, "answers": answers}))
`;
  const said = await run(script, gateway.url);
  assert.deepEqual(at(said, "asked"), ["Paris", "Paris"]);
  for (const turn of [0, 1]) {
    assert.match(String(at(said, "answers", turn)), /get_weather returned: .*21 degrees/);
  }
  const turns = gateway.upstream.requests.map(({ body }) => at(body, "contents"));
  assert.deepEqual(
    turns.map((turn) => (Array.isArray(turn) ? turn.length : turn)),
    [1, 3, 1, 3],
  );
});

test("structured output, and a file", { skip }, async () => {
  await using gateway = await product();
  const script = `
import pydantic
class Weather(pydantic.BaseModel):
    city: str
    degrees: float
body = {**hello, "messages": [{"role": "user", "content": "The weather in Paris as JSON"}], "output_format": Weather}
parsed = client.messages.parse(**body).parsed_output
with client.messages.stream(**body) as stream:
    streamed = stream.get_final_message().parsed_output
files = client.beta.files
kept = [files.upload(file=("report.pdf", b"%PDF-1.7", "application/pdf")).id for _ in range(2)]
listed = [file.id for file in files.list(limit=1)]
part = {"type": "document", "source": {"type": "file", "file_id": kept[0]}}
message = client.beta.messages.create(**{**hello, "messages": [{"role": "user", "content": [part]}]})
content = files.download(kept[0]).read().decode()
deleted = files.delete(kept[0]).type
try:
    files.retrieve_metadata(kept[0])
except anthropic.NotFoundError as error:
    missing = error.body["error"]["type"]
print(json.dumps({
    "parsed": [type(parsed).__name__, parsed.city, parsed == streamed],
    "listed": listed == kept[::-1],
    "file": [message.content[0].text, content, deleted, missing],
}))
`;
  const answered = "This is the agproxy sandbox, no model behind it. You sent: 1 file.";
  assert.deepEqual(await run(script, gateway.url), {
    parsed: ["Weather", "Paris", true],
    listed: true,
    file: [answered, "%PDF-1.7", "file_deleted", "not_found_error"],
  });
});

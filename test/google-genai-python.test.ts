/** Google's official SDK for Python against a running gateway. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { finishedProcess } from "./support/child-process.ts";
import { at } from "./support/json-path.ts";
import { product } from "./support/product.ts";
import { pythonSdk } from "./support/python-sdk.ts";

const sdk = await pythonSdk("google-genai");
const skip = "missing" in sdk ? `no Google SDK for Python: ${sdk.missing}` : false;
const python = "missing" in sdk ? "" : sdk.python;

const opening = `
import json, os
from google import genai
from google.genai import errors, types
client = genai.Client(api_key="any", http_options=types.HttpOptions(base_url=os.environ["BASE_URL"]))
hello = {"model": "gemini-2.5-flash", "contents": "Say hello"}
`;

/** Runs a script; what it prints last is JSON. */
async function run(script: string, url: string): Promise<unknown> {
  const env = { BASE_URL: url, PYTHONDONTWRITEBYTECODE: "1" };
  const end = await finishedProcess(python, ["-c", opening + script], { cwd: "/", env });
  assert.equal(end.code, 0, end.stderr);
  return JSON.parse(end.stdout);
}

test("an answer, a stream, a count, a vector, the models and an error", { skip }, async () => {
  await using gateway = await product();
  const script = `
answer = client.models.generate_content(**hello)
chunks = list(client.models.generate_content_stream(**hello))
vector = client.models.embed_content(model="gemini-embedding-001", contents="one")
try:
    client.models.generate_content(**{**hello, "model": "gemini-none"})
except errors.ClientError as error:
    refused = [error.code, error.status]
print(json.dumps({
    "text": answer.text,
    "streamed": "".join(chunk.text or "" for chunk in chunks),
    "ends": [answer.candidates[0].finish_reason.value, chunks[-1].candidates[0].finish_reason.value],
    "counted": client.models.count_tokens(**hello).total_tokens > 0 and chunks[-1].usage_metadata.total_token_count > 0,
    "vector": len(vector.embeddings[0].values) > 0,
    "models": len([model.name for model in client.models.list(config={"page_size": 5})]) > 10,
    "refused": refused,
}))
`;
  const answered = "This is the agproxy sandbox, no model behind it. You said: Say hello";
  assert.deepEqual(await run(script, gateway.url), {
    text: answered,
    streamed: answered,
    ends: ["STOP", "STOP"],
    counted: true,
    vector: true,
    models: true,
    refused: [404, "NOT_FOUND"],
  });
});

test("a function is called by the SDK itself, and its signature comes back", { skip }, async () => {
  await using gateway = await product();
  const script = `
def get_weather(city: str) -> str:
    """The weather of a city."""
    return f"21 degrees in {city}"
answer = client.models.generate_content(
    model="gemini-3.1-pro-preview", contents="What is the weather in Paris?",
    config=types.GenerateContentConfig(tools=[get_weather]),
)
print(json.dumps({"text": answer.text}))
`;
  const said = await run(script, gateway.url);
  assert.match(String(at(said, "text")), /21 degrees in Paris/);
  const last = gateway.upstream.requests.at(-1)?.body;
  const signature = String(at(last, "contents", 1, "parts", 0, "thoughtSignature"));
  assert.match(Buffer.from(signature, "base64").toString(), /^sandbox-signature:/);
});

test("a signature of another vendor's is one that the SDK can read", { skip }, async () => {
  const marked = Buffer.from("ag1.AAAAAAAA.of another vendor").toString("base64");
  const script = `
part = types.Part.model_validate({"text": "x", "thoughtSignature": "${marked}"})
print(json.dumps({"bytes": part.thought_signature.decode(), "back": part.model_dump(mode="json", by_alias=True)["thoughtSignature"]}))
`;
  const said = await run(script, "http://127.0.0.1:9");
  assert.equal(at(said, "bytes"), "ag1.AAAAAAAA.of another vendor");
  assert.equal(Buffer.from(String(at(said, "back")), "base64").toString(), at(said, "bytes"));
});

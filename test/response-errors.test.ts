/** A stream that breaks off tells why, in a form that every client of the Responses API reads. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { responses } from "@agproxy/plugin-responses";
import { AgproxyError } from "agproxy";
import { type Script, scriptedUpstream, startGateway } from "agproxy/testing";
import { openapiValidator } from "./openapi/validator.ts";
import { lacking } from "./support/agent-task.ts";
import { at } from "./support/json-path.ts";
import { responseClient } from "./support/response-client.ts";

const why = "The pineapple ran dry.";

/** Fails in the middle of its text. */
const breaksOff: Script = async function* () {
  yield [{ type: "text", choice: 0, text: "Hel" }];
  throw new AgproxyError("upstream_failed", why);
};

async function start() {
  const { plugin } = scriptedUpstream(breaksOff);
  const gateway = await startGateway({ plugins: [responses(), plugin] });
  return Object.assign(gateway, { baseURL: `${gateway.url}/v1`, apiKey: "no-key-needed" });
}

test("the error event has its fields as OpenAI and as Open Responses describe them", async () => {
  await using gateway = await start();
  const [error, failed] = (await responseClient(gateway).stream({ input: "x" })).slice(-2);
  const fields = { code: "server_error", message: at(error, "message"), param: null };
  assert.ok(String(fields.message).startsWith(why));
  assert.deepEqual(error, {
    type: "error",
    ...fields,
    error: { type: "server_error", ...fields },
    sequence_number: 5,
  });
  assert.equal(failed?.["type"], "response.failed");
  for (const event of [error, failed]) {
    assert.deepEqual(openapiValidator().validate("ResponseStreamEvent", event), []);
  }
});

suite("clients show why a stream broke off", () => {
  test("openai", { skip: lacking("openai") }, async () => {
    const { APIError, OpenAI } = await import("openai");
    await using gateway = await start();
    const client = new OpenAI({ ...gateway, maxRetries: 0 });
    const body = { model: "m", input: "x" };
    const plain = await client.responses.create({ ...body, stream: true });
    for (const stream of [plain, client.responses.stream(body)]) {
      await assert.rejects(Array.fromAsync<unknown>(stream), (error) => {
        assert.ok(error instanceof APIError);
        assert.ok(error.message.includes(why), error.message);
        assert.equal(error.code, "server_error");
        return true;
      });
    }
  });

  test("the Agents SDK", { skip: lacking("@openai/agents") }, async () => {
    const { Agent, OpenAIProvider, Runner } = await import("@openai/agents");
    await using gateway = await start();
    const modelProvider = new OpenAIProvider({ ...gateway, useResponses: true });
    const runner = new Runner({ modelProvider, tracingDisabled: true });
    const agent = new Agent({ name: "solo", model: "m" });
    const stream = await runner.run(agent, "x", { stream: true });
    await assert.rejects(async () => {
      await Array.fromAsync(stream);
      await stream.completed;
    }, new RegExp(why));
  });

  test("LangChain", { skip: lacking("@langchain/openai", "@langchain/core") }, async () => {
    const { ChatOpenAI } = await import("@langchain/openai");
    await using gateway = await start();
    const { baseURL, apiKey } = gateway;
    const model = new ChatOpenAI({
      model: "m",
      apiKey,
      configuration: { baseURL },
      useResponsesApi: true,
      maxRetries: 0,
    });
    await assert.rejects(async () => Array.fromAsync(await model.stream("x")), new RegExp(why));
  });

  test("the AI SDK", { skip: lacking("ai", "@ai-sdk/openai") }, async () => {
    const { createOpenAI } = await import("@ai-sdk/openai");
    const { streamText } = await import("ai");
    await using gateway = await start();
    const { baseURL, apiKey } = gateway;
    const model = createOpenAI({ baseURL, apiKey }).responses("m");
    const errors: unknown[] = [];
    const onError = ({ error }: { error: unknown }) => void errors.push(error);
    const { fullStream } = streamText({ model, prompt: "x", maxRetries: 0, onError });
    await Array.fromAsync(fullStream);
    assert.equal(errors.length, 1);
    assert.ok(JSON.stringify(errors[0]).includes(why), JSON.stringify(errors[0]));
  });
});

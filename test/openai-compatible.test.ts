/** The official SDK reaches a model on any server that speaks the chat wire, also a pool of different vendors. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type OpenAI from "openai";
import { gemini } from "@agproxy/plugin-gemini";
import { openaiCompatible } from "@agproxy/plugin-openai-compatible";
import { rotation } from "@agproxy/plugin-rotation";
import { startSandbox } from "@agproxy/plugin-sandbox";
import { startGateway, type TestGateway } from "agproxy/testing";
import { type ChatServer, chatServer } from "./support/chat-server.ts";
import { client } from "./support/client.ts";
import { everydayPlugins } from "./support/everyday-plugins.ts";
import { at } from "./support/json-path.ts";

interface Local extends AsyncDisposable {
  readonly openai: OpenAI;
  readonly server: ChatServer;
}

async function local(): Promise<Local> {
  const server = await chatServer();
  const gateway = await startGateway({
    plugins: [
      ...everydayPlugins({ mode: "off" }),
      rotation(),
      openaiCompatible({ baseUrl: server.url }),
    ],
  });
  return {
    openai: client(gateway),
    server,
    async [Symbol.asyncDispose]() {
      await gateway.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

const model = "local-model";
const parameters = { type: "object", properties: { city: { type: "string" } } };
const question = { role: "user", content: "What is the weather in Paris?" } as const;

for (const stream of [false, true]) {
  suite(stream ? "streamed" : "not streamed", () => {
    test("chat", async () => {
      await using gateway = await local();
      const asked = { model, messages: [{ role: "user" as const, content: "hello" }] };
      const { chat } = gateway.openai;
      const answer = stream
        ? await chat.completions
            .stream({ ...asked, stream_options: { include_usage: true } })
            .finalChatCompletion()
        : await chat.completions.create(asked);
      assert.equal(answer.choices[0]?.message.content, "You said: hello");
      assert.equal(at(answer.choices[0].message, "reasoning_content"), "hm");
      assert.equal(answer.choices[0].finish_reason, "stop");
      assert.equal(answer.usage?.total_tokens, 14);
      assert.equal(answer.usage.prompt_tokens_details?.cached_tokens, 4);
      assert.equal(answer.usage.completion_tokens_details?.reasoning_tokens, 2);
    });

    test("chat: a loop of tools", async () => {
      await using gateway = await local();
      const { chat } = gateway.openai;
      const tools = [{ type: "function", function: { name: "get_weather", parameters } } as const];
      const asked = { model, messages: [question], tools };
      const answer = stream
        ? await chat.completions.stream(asked).finalChatCompletion()
        : await chat.completions.create(asked);
      const message = answer.choices[0]?.message;
      const [call] = message?.tool_calls ?? [];
      assert.ok(message !== undefined && call?.type === "function");
      assert.deepEqual(call.function.arguments, '{"city":"Paris"}');
      const result = { role: "tool", tool_call_id: call.id, content: "sunny" } as const;
      const last = await chat.completions.create({
        ...asked,
        messages: [question, message, result],
      });
      assert.equal(last.choices[0]?.message.content, "You said: sunny");
      assert.deepEqual(at(gateway.server.asked[1], "messages"), [
        question,
        {
          role: "assistant",
          content: null,
          reasoning_content: "hm",
          tool_calls: [
            {
              id: "call_of_the_server",
              type: "function",
              function: { name: "get_weather", arguments: '{"city":"Paris"}' },
            },
          ],
        },
        result,
      ]);
    });

    test("responses: a loop of tools", async () => {
      await using gateway = await local();
      const { responses } = gateway.openai;
      const tools = [{ type: "function", name: "get_weather", parameters, strict: false } as const];
      const asked = { model, input: question.content, tools };
      const answer = stream
        ? await responses.stream(asked).finalResponse()
        : await responses.create(asked);
      const call = answer.output.find((item) => item.type === "function_call");
      assert.ok(call?.type === "function_call");
      assert.equal(call.arguments, '{"city":"Paris"}');
      assert.equal(answer.output[0]?.type, "reasoning");
      const result = {
        type: "function_call_output",
        call_id: call.call_id,
        output: "sunny",
      } as const;
      const last = await responses.create({
        model,
        tools,
        previous_response_id: answer.id,
        input: [result],
      });
      assert.equal(last.output_text, "You said: sunny");
      assert.equal(last.usage?.input_tokens_details.cached_tokens, 4);
    });
  });
}

test("a pool of two vendors: each model goes to the server that has it", async () => {
  await using server = await chatServer();
  const sandbox = await startSandbox();
  await using gateway: TestGateway = await startGateway({
    plugins: [
      ...everydayPlugins({ mode: "off" }),
      rotation(),
      gemini({
        accounts: sandbox.accounts.map((account) => ({ ...account, models: ["gemini-*"] })),
        baseUrl: sandbox.url,
      }),
      openaiCompatible({ baseUrl: server.url }),
    ],
  });
  const openai = client(gateway);
  const said = async (name: string) => {
    const messages = [{ role: "user", content: "hello" }] as const;
    const answer = await openai.chat.completions.create({ model: name, messages: [...messages] });
    return answer.choices[0]?.message.content;
  };
  assert.equal(await said(model), "You said: hello");
  assert.match((await said("gemini-2.5-flash")) ?? "", /sandbox/);
  const models = await openai.models.list();
  const ids = new Set(models.data.map(({ id }) => id));
  assert.ok(ids.has(model) && ids.has("gemini-2.5-flash"));
  await sandbox.close();
});

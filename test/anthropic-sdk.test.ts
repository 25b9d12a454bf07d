/** The official Anthropic SDK works against a running gateway, from the first message to its tool runner. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import Anthropic, {
  APIError,
  AuthenticationError,
  BadRequestError,
  NotFoundError,
  OverloadedError,
  RateLimitError,
} from "@anthropic-ai/sdk";
import { betaZodTool } from "@anthropic-ai/sdk/helpers/beta/zod";
import { zodOutputFormat } from "@anthropic-ai/sdk/helpers/zod";
import { z } from "zod";
import { at } from "./support/json-path.ts";
import { product, type Product } from "./support/product.ts";
import { sentParts, sentSignatures } from "./support/sent-parts.ts";

const said = "This is the agproxy sandbox, no model behind it. You said: ";
const hello: Anthropic.MessageCreateParamsNonStreaming = {
  model: "claude-sonnet-5-5",
  max_tokens: 1000,
  messages: [{ role: "user", content: "Say hello" }],
};

/** A model of the family that refuses a call in the history without its signature, or one on another part. */
const strict = "gemini-3.5-flash";

const weather: Anthropic.Tool = {
  name: "get_weather",
  description: "The weather of a city.",
  input_schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};
const askWeather: Anthropic.MessageParam = {
  role: "user",
  content: "What is the weather in Paris?",
};

/** The SDK, pointed at a gateway; it reports the first failure instead of trying again. */
function client({ url }: Product, options: { readonly apiKey?: string } = {}): Anthropic {
  return new Anthropic({
    baseURL: url,
    apiKey: "none",
    authToken: null,
    maxRetries: 0,
    ...options,
  });
}

suite("messages", () => {
  test("create", async () => {
    await using gateway = await product();
    const { data, response, request_id } = await client(gateway)
      .messages.create(hello)
      .withResponse();
    assert.deepEqual(data.content, [{ type: "text", text: `${said}Say hello` }]);
    assert.equal(data.stop_reason, "end_turn");
    assert.equal(data.model, hello.model);
    assert.ok(data.usage.input_tokens > 0 && data.usage.output_tokens > 0);
    assert.equal(response.headers.get("x-mapped-model"), "gemini-3.6-flash");
    assert.equal(request_id, response.headers.get("x-request-id"));
  });

  test("a stream, event by event", async () => {
    await using gateway = await product();
    const stream = await client(gateway).messages.create({ ...hello, stream: true });
    const events = await Array.fromAsync(stream);
    const types = events.map(({ type }) => type);
    assert.deepEqual(types.slice(0, 3), [
      "message_start",
      "content_block_start",
      "content_block_delta",
    ]);
    assert.deepEqual(types.slice(-3), ["content_block_stop", "message_delta", "message_stop"]);
  });

  test("the stream helper puts the message together", async () => {
    await using gateway = await product();
    const stream = client(gateway).messages.stream(hello);
    let text = "";
    stream.on("text", (delta) => (text += delta));
    const message = await stream.finalMessage();
    assert.equal(text, `${said}Say hello`);
    assert.equal(await stream.finalText(), text);
    assert.ok(message.usage.output_tokens > 0);
    assert.equal(message.stop_reason, "end_turn");
  });

  test("a picture, instructions, thinking and an effort arrive", async () => {
    await using gateway = await product();
    const pixel =
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    await client(gateway).messages.create({
      model: "gemini-2.5-flash",
      max_tokens: 8000,
      system: "Be brief.",
      thinking: { type: "enabled", budget_tokens: 3000 },
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "What is this?" },
            { type: "image", source: { type: "base64", media_type: "image/png", data: pixel } },
          ],
        },
      ],
    });
    const sent = gateway.upstream.requests.at(-1)?.body;
    assert.equal(at(sent, "systemInstruction", "parts", 0, "text"), "Be brief.");
    const config = at(sent, "generationConfig");
    assert.equal(at(config, "maxOutputTokens"), 8000);
    assert.deepEqual(at(config, "thinkingConfig"), { thinkingBudget: 3000, includeThoughts: true });
    assert.ok(sentParts(gateway).some((part) => at(part, "inlineData", "data") === pixel));
  });

  test("tokens are counted, and models listed in pages", async () => {
    await using gateway = await product();
    const anthropic = client(gateway);
    const { model, messages } = hello;
    const { input_tokens: few } = await anthropic.messages.countTokens({ model, messages });
    const tools = [weather];
    const { input_tokens: more } = await anthropic.messages.countTokens({ model, messages, tools });
    assert.ok(few > 0 && more > few);
    const ids = (await Array.fromAsync(anthropic.models.list({ limit: 7 }))).map(({ id }) => id);
    assert.ok(ids.length > 14 && ids.includes("gemini-2.5-pro"));
    assert.equal(new Set(ids).size, ids.length);
    assert.equal((await anthropic.models.retrieve("gemini-2.5-pro")).type, "model");
  });
});

suite("tools", () => {
  for (const streamed of [false, true]) {
    for (const display of ["summarized", "omitted"] as const) {
      test(`signatures come back on exactly their calls: stream ${streamed}, thoughts ${display}`, async () => {
        await using gateway = await product();
        const { messages } = client(gateway);
        const turns: Anthropic.MessageParam[] = [askWeather];
        const ask = async () => {
          const thinking = { type: "adaptive", display } as const;
          const body = {
            model: strict,
            max_tokens: 8000,
            thinking,
            tools: [weather],
            messages: turns,
          };
          return streamed ? messages.stream(body).finalMessage() : messages.create(body);
        };
        const first = await ask();
        assert.equal(first.stop_reason, "tool_use");
        const [thought, call] = first.content;
        assert.ok(thought?.type === "thinking" && call?.type === "tool_use");
        assert.equal(thought.thinking === "", display === "omitted");
        assert.deepEqual(call.input, { city: "Paris" });
        const result = {
          type: "tool_result",
          tool_use_id: call.id,
          content: "21 degrees",
        } as const;
        turns.push(
          { role: "assistant", content: first.content },
          { role: "user", content: [result] },
        );
        const second = await ask();
        assert.match(JSON.stringify(second.content), /21 degrees/);
        assert.equal(second.content.at(-1)?.type, "text");
        assert.deepEqual(sentSignatures(gateway), ["sandbox-signature:get_weather"]);
      });
    }
  }

  test("a client that asks for no thinking gets no thinking, and its calls are signed from memory", async () => {
    await using gateway = await product();
    const { messages } = client(gateway);
    const body = { model: strict, max_tokens: 8000, tools: [weather] };
    const first = await messages.create({ ...body, messages: [askWeather] });
    assert.deepEqual(
      first.content.map(({ type }) => type),
      ["tool_use"],
    );
    const [call] = first.content;
    assert.ok(call?.type === "tool_use");
    const result = { type: "tool_result", tool_use_id: call.id, content: "21 degrees" } as const;
    await messages.create({
      ...body,
      messages: [
        askWeather,
        { role: "assistant", content: first.content },
        { role: "user", content: [result] },
      ],
    });
    assert.deepEqual(sentSignatures(gateway), ["sandbox-signature:get_weather"]);
  });

  test("parallel calls, answered in the wrong order", async () => {
    await using gateway = await product();
    const { messages } = client(gateway);
    const question = { role: "user", content: "Use get_weather and get_time for Paris" } as const;
    const body = {
      model: strict,
      max_tokens: 8000,
      thinking: { type: "adaptive" } as const,
      tools: [weather, { ...weather, name: "get_time" }],
    };
    const first = await messages.stream({ ...body, messages: [question] }).finalMessage();
    const calls = first.content.filter((block) => block.type === "tool_use");
    assert.deepEqual(
      calls.map(({ name }) => name),
      ["get_weather", "get_time"],
    );
    const results = calls.toReversed().map(({ id, name }) => ({
      type: "tool_result" as const,
      tool_use_id: id,
      content: name === "get_time" ? "noon" : "sunny",
    }));
    const turns = [question, { role: "assistant", content: first.content }] as const;
    const second = await messages.create({
      ...body,
      messages: [...turns, { role: "user", content: results }],
    });
    assert.match(JSON.stringify(second.content), /sunny[^]*noon/);
  });

  for (const stream of [false, true]) {
    test(`the tool runner calls the function and tells the model, stream ${stream}`, async () => {
      await using gateway = await product();
      const asked: unknown[] = [];
      const tool = betaZodTool({
        name: "get_weather",
        description: "The weather of a city.",
        inputSchema: z.object({ city: z.string() }),
        run: (input) => {
          asked.push(input);
          return "21 degrees and sunny";
        },
      });
      const body = { model: strict, max_tokens: 8000, messages: [askWeather], tools: [tool] };
      const runner = client(gateway).beta.messages.toolRunner({ ...body, stream });
      const last = await runner.runUntilDone();
      assert.match(JSON.stringify(last.content), /21 degrees and sunny/);
      assert.deepEqual(asked, [{ city: "Paris" }]);
      assert.equal(gateway.upstream.requests.length, 2);
      const contents = at(gateway.upstream.requests.at(-1)?.body, "contents");
      assert.ok(Array.isArray(contents) && contents.length === 3, "the whole conversation");
      assert.deepEqual(sentSignatures(gateway), ["sandbox-signature:get_weather"]);
    });
  }

  test("any forces a call, none forbids it", async () => {
    await using gateway = await product();
    const { messages } = client(gateway);
    const tools = [weather];
    const forced = await messages.create({ ...hello, tools, tool_choice: { type: "any" } });
    assert.equal(forced.stop_reason, "tool_use");
    const body = { ...hello, messages: [askWeather], tools };
    const free = await messages.create({ ...body, tool_choice: { type: "none" } });
    assert.equal(free.stop_reason, "end_turn");
  });
});

suite("structured output", () => {
  const shape = z.object({
    city: z.string(),
    degrees: z.number(),
    sky: z.enum(["clear", "cloudy"]),
  });
  const body = {
    ...hello,
    messages: [{ role: "user", content: "The weather in Paris as JSON" }],
    output_config: { format: zodOutputFormat(shape) },
  } satisfies Anthropic.MessageCreateParamsNonStreaming;

  test("messages.parse, and the stream helper", async () => {
    await using gateway = await product();
    const { messages } = client(gateway);
    const parsed = (await messages.parse(body)).parsed_output;
    assert.deepEqual(shape.parse(parsed), parsed);
    const streamed = (await messages.stream(body).finalMessage()).parsed_output;
    assert.deepEqual(shape.parse(streamed), streamed);
  });
});

suite("errors", () => {
  test("are the SDK's own classes, with the request's id", async () => {
    const key = "a-key-of-thirty-two-characters-0";
    await using gateway = await product({ auth: { mode: "strict", keys: key } });
    const { messages, models } = client(gateway, { apiKey: key });
    await assert.rejects(client(gateway).messages.create(hello), AuthenticationError);
    await assert.rejects(messages.create({ ...hello, messages: [] }), (error: APIError) => {
      assert.ok(error instanceof BadRequestError);
      assert.equal(error.type, "invalid_request_error");
      assert.match(error.apiMessage ?? "", /^`messages` must be/);
      assert.match(error.requestID ?? "", /^[\w-]{36}$/);
      return true;
    });
    await assert.rejects(models.retrieve("none"), NotFoundError);
  });

  test("of the upstream: limits, and no capacity", async () => {
    await using limited = await product({ upstream: { accounts: [{ fail: "rate-limit" }] } });
    for (const stream of [false, true]) {
      await assert.rejects(client(limited).messages.create({ ...hello, stream }), RateLimitError);
    }
    await using full = await product({ upstream: { accounts: [{ fail: "overloaded" }] } });
    await assert.rejects(client(full).messages.create(hello), (error: APIError) => {
      assert.ok(error instanceof OverloadedError);
      assert.equal(error.status, 529);
      return true;
    });
  });

  for (const fail of ["cut", "no-finish", "error-in-stream"] as const) {
    test(`in the middle of a stream (${fail}): an APIError, never a whole answer`, async () => {
      await using gateway = await product({ upstream: { accounts: [{ fail }] } });
      const { messages } = client(gateway);
      await assert.rejects(messages.stream(hello).finalMessage(), (error: APIError) => {
        assert.ok(error instanceof APIError);
        assert.match(error.type ?? "", /^(?:api|overloaded)_error$/);
        return true;
      });
      const events = await messages.create({ ...hello, stream: true });
      await assert.rejects(Array.fromAsync(events), APIError);
    });
  }
});

/** The official OpenAI SDK works against a running gateway, from the first chat to its agent loops. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { zodFunction, zodResponseFormat, zodTextFormat } from "openai/helpers/zod";
import OpenAI, {
  APIError,
  APIUserAbortError,
  AuthenticationError,
  BadRequestError,
  NotFoundError,
  RateLimitError,
} from "openai";
import { LengthFinishReasonError } from "openai/error";
import { toResponseInputItems } from "openai/lib/responses/ResponseInputItems";
import { z } from "zod";
import { client } from "./support/client.ts";
import { at } from "./support/json-path.ts";
import { product } from "./support/product.ts";
import { sentParts, sentSignatures } from "./support/sent-parts.ts";

const said = "This is the agproxy sandbox, no model behind it. You said: ";
const hello = { model: "gpt-4o", messages: [{ role: "user", content: "Say hello" }] } as const;

/** A model of the family that refuses a call in the history without its signature. */
const strict = "gemini-3.5-flash";

const weather = {
  type: "function",
  function: {
    name: "get_weather",
    description: "The weather of a city.",
    parameters: {
      type: "object",
      properties: { city: { type: "string" } },
      required: ["city"],
      additionalProperties: false,
    },
  },
} as const;
const askWeather = { role: "user", content: "What is the weather in Paris?" } as const;

suite("chat", () => {
  test("create", async () => {
    await using gateway = await product();
    const { data, response, request_id } = await client(gateway)
      .chat.completions.create({ ...hello, messages: [...hello.messages] })
      .withResponse();
    assert.equal(data.choices[0]?.message.content, `${said}Say hello`);
    assert.equal(response.headers.get("x-mapped-model"), "gemini-2.5-flash");
    assert.equal(request_id, response.headers.get("x-request-id"));
    assert.equal(
      data.usage?.total_tokens,
      data.usage!.prompt_tokens + data.usage!.completion_tokens,
    );
  });

  test("several choices with probabilities", async () => {
    await using gateway = await product();
    const answer = await client(gateway).chat.completions.create({
      ...hello,
      // Later families refuse both, and get parallel calls and no probabilities.
      model: "gemini-2.0-flash",
      messages: [...hello.messages],
      n: 2,
      logprobs: true,
      top_logprobs: 2,
    });
    assert.deepEqual(
      answer.choices.map(({ index }) => index),
      [0, 1],
    );
    for (const { message, logprobs } of answer.choices) {
      assert.ok(message.content);
      assert.ok((logprobs?.content?.length ?? 0) > 0);
    }
  });

  test("a stream, chunk by chunk, with usage at its end", async () => {
    await using gateway = await product();
    const stream = await client(gateway).chat.completions.create({
      ...hello,
      messages: [...hello.messages],
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = await Array.fromAsync(stream);
    const text = chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("");
    assert.equal(text, `${said}Say hello`);
    assert.equal(
      new Set(chunks.map(({ id, created, model }) => `${id} ${created} ${model}`)).size,
      1,
    );
    const finishes = chunks.flatMap(({ choices }) => choices[0]?.finish_reason ?? []);
    assert.deepEqual(finishes, ["stop"]);
    const last = chunks.at(-1);
    assert.deepEqual(last?.choices, []);
    assert.ok((last.usage?.total_tokens ?? 0) > 0);
  });

  test("a stream without usage unless asked for", async () => {
    await using gateway = await product();
    const stream = await client(gateway).chat.completions.create({
      ...hello,
      messages: [...hello.messages],
      stream: true,
    });
    for await (const { choices, usage } of stream) {
      assert.equal(choices.length, 1);
      assert.ok(usage === undefined || usage === null);
    }
  });

  test("the stream helper puts the message together", async () => {
    await using gateway = await product();
    const stream = client(gateway).chat.completions.stream({
      ...hello,
      messages: [...hello.messages],
      stream_options: { include_usage: true },
    });
    let text = "";
    stream.on("content", (delta) => (text += delta));
    const message = await stream.finalMessage();
    assert.equal(message.content, `${said}Say hello`);
    assert.equal(text, message.content);
    assert.ok(((await stream.totalUsage()).total_tokens ?? 0) > 0);
  });

  test("an image in the prompt, a developer message, and a reasoning effort arrive", async () => {
    await using gateway = await product();
    const pixel =
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    const answer = await client(gateway).chat.completions.create({
      model: strict,
      reasoning_effort: "low",
      max_completion_tokens: 4000,
      messages: [
        { role: "developer", content: "Be brief." },
        {
          role: "user",
          content: [
            { type: "text", text: "What is this?" },
            { type: "image_url", image_url: { url: `data:image/png;base64,${pixel}` } },
          ],
        },
      ],
    });
    assert.ok(answer.choices[0]?.message.content);
    const sent = gateway.upstream.requests.at(-1)?.body;
    assert.equal(at(sent, "systemInstruction", "parts", 0, "text"), "Be brief.");
    assert.equal(at(sent, "generationConfig", "maxOutputTokens"), 4000);
    assert.ok(sentParts(gateway).some((part) => at(part, "inlineData", "data") === pixel));
  });
});

suite("tools", () => {
  for (const streamed of [false, true]) {
    for (const model of ["gpt-4o", strict]) {
      test(`a loop of two turns on ${model}, stream ${streamed}`, async () => {
        await using gateway = await product();
        const openai = client(gateway);
        const messages: OpenAI.ChatCompletionMessageParam[] = [askWeather];
        const ask = async () => {
          const body = { model, messages, tools: [weather] };
          if (streamed) return openai.chat.completions.stream(body).finalChatCompletion();
          return openai.chat.completions.create(body);
        };
        const first = (await ask()).choices[0];
        assert.equal(first?.finish_reason, "tool_calls");
        const [call] = first.message.tool_calls ?? [];
        assert.equal(call?.type, "function");
        assert.equal(call.function.name, "get_weather");
        assert.deepEqual(JSON.parse(call.function.arguments), { city: "Paris" });
        assert.match(call.id, /^[\w-]{1,64}$/);

        messages.push(first.message);
        messages.push({ role: "tool", tool_call_id: call.id, content: "21 degrees and sunny" });
        const second = (await ask()).choices[0];
        assert.equal(second?.finish_reason, "stop");
        assert.match(second.message.content ?? "", /21 degrees and sunny/);
        const signatures = model === strict ? ["sandbox-signature:get_weather"] : [];
        assert.deepEqual(sentSignatures(gateway), signatures);
      });
    }
  }

  test("the signature comes back from clients that keep nothing but the standard fields", async () => {
    await using gateway = await product();
    const openai = client(gateway);
    const ask = (messages: OpenAI.ChatCompletionMessageParam[]) =>
      openai.chat.completions.create({ model: strict, messages, tools: [weather] });
    const [call] = (await ask([askWeather])).choices[0]?.message.tool_calls ?? [];
    assert.equal(call?.type, "function");
    const { id, type } = call;
    const { name, arguments: given } = call.function;
    const answer = await ask([
      askWeather,
      {
        role: "assistant",
        content: null,
        tool_calls: [{ id, type, function: { name, arguments: given } }],
      },
      { role: "tool", tool_call_id: id, content: "21 degrees" },
    ]);
    assert.match(answer.choices[0]?.message.content ?? "", /21 degrees/);
    assert.deepEqual(sentSignatures(gateway), ["sandbox-signature:get_weather"]);
  });

  test("two calls at once keep their ids, their order and their results apart", async () => {
    await using gateway = await product();
    const openai = client(gateway);
    const time = { ...weather, function: { ...weather.function, name: "get_time" } };
    const messages: OpenAI.ChatCompletionMessageParam[] = [
      { role: "user", content: "Use get_weather and get_time for Paris" },
    ];
    const ask = () =>
      openai.chat.completions
        .stream({ model: strict, messages, tools: [weather, time] })
        .finalChatCompletion();
    const first = (await ask()).choices[0]?.message;
    const calls = first?.tool_calls ?? [];
    assert.deepEqual(
      calls.map((call) => call.type === "function" && call.function.name),
      ["get_weather", "get_time"],
    );
    assert.equal(new Set(calls.map(({ id }) => id)).size, 2);
    assert.ok(first);
    messages.push(first);
    // In the wrong order: the ids say which is which.
    messages.push({ role: "tool", tool_call_id: calls[1]?.id ?? "", content: "noon" });
    messages.push({ role: "tool", tool_call_id: calls[0]?.id ?? "", content: "sunny" });
    assert.match((await ask()).choices[0]?.message.content ?? "", /sunny[^]*noon/);
    const responses = sentParts(gateway).flatMap((part) => at(part, "functionResponse") ?? []);
    assert.deepEqual(
      responses.map((response) => at(response, "name")),
      ["get_weather", "get_time"],
    );
  });

  test("a named choice is called though the prompt does not ask for it; none is never called", async () => {
    await using gateway = await product();
    const openai = client(gateway);
    const forced = await openai.chat.completions.create({
      ...hello,
      messages: [...hello.messages],
      tools: [weather],
      tool_choice: { type: "function", function: { name: "get_weather" } },
    });
    const [call] = forced.choices[0]?.message.tool_calls ?? [];
    assert.ok(call?.type === "function" && call.function.name === "get_weather");
    const free = await openai.chat.completions.create({
      model: "gpt-4o",
      messages: [askWeather],
      tools: [weather],
      tool_choice: "none",
    });
    assert.equal(free.choices[0]?.message.tool_calls, undefined);
    assert.equal(free.choices[0]?.finish_reason, "stop");
  });

  for (const stream of [false, true]) {
    test(`runTools calls the function and tells the model, stream ${stream}`, async () => {
      await using gateway = await product();
      const asked: unknown[] = [];
      const tools = [
        zodFunction({
          name: "get_weather",
          description: "The weather of a city.",
          parameters: z.object({ city: z.string() }),
          function: (args) => {
            asked.push(args);
            return "21 degrees and sunny";
          },
        }),
      ];
      const body = { model: strict, messages: [askWeather], tools };
      const { completions } = client(gateway).chat;
      const runner = stream
        ? completions.runTools({ ...body, stream })
        : completions.runTools({ ...body });
      assert.match((await runner.finalContent()) ?? "", /21 degrees and sunny/);
      assert.deepEqual(asked, [{ city: "Paris" }]);
      assert.equal(gateway.upstream.requests.length, 2);
      assert.deepEqual(sentSignatures(gateway), ["sandbox-signature:get_weather"]);
    });
  }
});

suite("structured output", () => {
  const shape = z.object({
    city: z.string(),
    degrees: z.number().int().positive(),
    sky: z.enum(["clear", "cloudy"]),
    note: z.string().nullable(),
    hours: z.array(z.object({ hour: z.number(), rain: z.boolean() })),
  });
  const prompt = { role: "user", content: "The weather in Paris as JSON" } as const;

  test("chat.completions.parse", async () => {
    await using gateway = await product();
    const answer = await client(gateway).chat.completions.parse({
      model: "gpt-4o",
      messages: [prompt],
      response_format: zodResponseFormat(shape, "weather"),
    });
    const parsed = answer.choices[0]?.message.parsed;
    assert.deepEqual(shape.parse(parsed), parsed);
    assert.equal(parsed?.city, "Paris");
  });

  test("the stream helper parses it too", async () => {
    await using gateway = await product();
    const answer = await client(gateway)
      .chat.completions.stream({
        model: strict,
        messages: [prompt],
        response_format: zodResponseFormat(shape, "weather"),
      })
      .finalChatCompletion();
    assert.equal(answer.choices[0]?.message.parsed?.city, "Paris");
  });

  test("responses.parse", async () => {
    await using gateway = await product();
    const answer = await client(gateway).responses.parse({
      model: "gpt-4o",
      input: prompt.content,
      text: { format: zodTextFormat(shape, "weather") },
    });
    assert.equal(answer.output_parsed?.city, "Paris");
  });

  test("json_object", async () => {
    await using gateway = await product();
    const answer = await client(gateway).chat.completions.create({
      model: "gpt-4o",
      messages: [prompt],
      response_format: { type: "json_object" },
    });
    assert.equal(typeof JSON.parse(answer.choices[0]?.message.content ?? ""), "object");
  });

  test("an answer cut at its limit is a LengthFinishReasonError of the SDK", async () => {
    await using gateway = await product();
    const asked = client(gateway).chat.completions.parse({
      model: "gpt-4o",
      messages: [prompt],
      max_tokens: 2,
      response_format: zodResponseFormat(shape, "weather"),
    });
    await assert.rejects(asked, LengthFinishReasonError);
  });
});

suite("legacy completions", () => {
  test("create", async () => {
    await using gateway = await product();
    const answer = await client(gateway).completions.create({
      model: "gpt-3.5-turbo-instruct",
      prompt: "Say hello",
    });
    assert.equal(answer.choices[0]?.text, `${said}Say hello`);
    assert.equal(answer.object, "text_completion");
  });

  test("stream", async () => {
    await using gateway = await product();
    const stream = await client(gateway).completions.create({
      model: "gpt-3.5-turbo-instruct",
      prompt: "Say hello",
      stream: true,
    });
    const chunks = await Array.fromAsync(stream);
    const text = chunks.map(({ choices }) => choices[0]?.text ?? "").join("");
    assert.equal(text, `${said}Say hello`);
    assert.equal(chunks.at(-1)?.choices[0]?.finish_reason, "stop");
  });
});

suite("responses", () => {
  const tool = { type: "function", strict: true, ...weather.function } as const;

  test("create", async () => {
    await using gateway = await product();
    const answer = await client(gateway).responses.create({
      model: "gpt-4o",
      instructions: "Be brief.",
      input: "Say hello",
    });
    assert.equal(answer.output_text, `${said}Say hello`);
    assert.equal(answer.status, "completed");
    assert.ok((answer.usage?.total_tokens ?? 0) > 0);
    assert.equal(
      at(gateway.upstream.requests.at(-1)?.body, "systemInstruction", "parts", 0, "text"),
      "Be brief.",
    );
  });

  test("create, streamed: every event in order, one end", async () => {
    await using gateway = await product();
    const stream = await client(gateway).responses.create({
      model: "gpt-4o",
      input: "Say hello",
      stream: true,
    });
    const events = await Array.fromAsync(stream);
    assert.deepEqual(
      events.map(({ sequence_number }) => sequence_number),
      events.map((_, index) => index),
    );
    const types = events.map(({ type }) => type).filter((type, i, all) => type !== all[i - 1]);
    assert.deepEqual(types, [
      "response.created",
      "response.in_progress",
      "response.output_item.added",
      "response.content_part.added",
      "response.output_text.delta",
      "response.output_text.done",
      "response.content_part.done",
      "response.output_item.done",
      "response.completed",
    ]);
  });

  test("the stream helper puts the response together", async () => {
    await using gateway = await product();
    const stream = client(gateway).responses.stream({ model: "gpt-4o", input: "Say hello" });
    let text = "";
    stream.on("response.output_text.delta", ({ delta }) => (text += delta));
    const response = await stream.finalResponse();
    assert.equal(response.output_text, `${said}Say hello`);
    assert.equal(text, response.output_text);
  });

  for (const streamed of [false, true]) {
    test(`a tools loop of two turns, stream ${streamed}`, async () => {
      await using gateway = await product();
      const openai = client(gateway);
      const input: OpenAI.Responses.ResponseInput = [askWeather];
      const ask = async (): Promise<OpenAI.Responses.Response> => {
        const body = { model: strict, input, tools: [tool], store: false };
        if (streamed) return openai.responses.stream(body).finalResponse();
        return openai.responses.create(body);
      };
      const first = await ask();
      const call = first.output.find(
        (item): item is OpenAI.Responses.ResponseFunctionToolCall => item.type === "function_call",
      );
      assert.equal(call?.name, "get_weather");
      assert.deepEqual(JSON.parse(call.arguments), { city: "Paris" });
      input.push(...toResponseInputItems(first.output));
      input.push({ type: "function_call_output", call_id: call.call_id, output: "21 degrees" });
      assert.match((await ask()).output_text, /21 degrees/);
      assert.deepEqual(sentSignatures(gateway), ["sandbox-signature:get_weather"]);
    });
  }
});

suite("models", () => {
  test("list and retrieve", async () => {
    await using gateway = await product();
    const openai = client(gateway);
    const models = await Array.fromAsync(openai.models.list());
    assert.ok(models.some(({ id }) => id === "gpt-4o"));
    for (const { id, object, created, owned_by } of models) {
      assert.equal(object, "model", id);
      assert.ok(Number.isInteger(created) && owned_by !== "", id);
    }
    assert.equal((await openai.models.retrieve("gpt-4o")).id, "gpt-4o");
    await assert.rejects(openai.models.retrieve("no-such-model"), NotFoundError);
  });
});

suite("leaving", () => {
  for (const route of ["chat", "responses"] as const) {
    test(`abort in the middle of a ${route} stream closes the upstream's connection`, async () => {
      // So slow that the answer cannot end by itself.
      await using gateway = await product({ upstream: { paceMs: 60_000 } });
      const openai = client(gateway);
      const stream =
        route === "chat"
          ? await openai.chat.completions.create({
              model: "gpt-4o",
              messages: [{ role: "user", content: "Say hello" }],
              stream: true,
            })
          : await openai.responses.create({ model: "gpt-4o", input: "Say hello", stream: true });
      for await (const _ of stream) break;
      await gateway.upstream.untilDeparted(1);
      assert.equal(gateway.upstream.open, 0);
      assert.equal(gateway.upstream.requests.length, 1, "nobody else was asked");
    });
  }

  test("abort before the first byte", async () => {
    await using gateway = await product({ upstream: { accounts: [{ fail: "stall" }] } });
    const abort = new AbortController();
    const asked = client(gateway).chat.completions.create(
      { model: "gpt-4o", messages: [{ role: "user", content: "Say hello" }] },
      { signal: abort.signal },
    );
    const rejected = assert.rejects(asked, APIUserAbortError);
    while (gateway.upstream.requests.length === 0) await new Promise(setImmediate);
    abort.abort();
    await rejected;
    await gateway.upstream.untilDeparted(1);
    assert.equal(gateway.upstream.requests.length, 1);
  });
});

suite("errors", () => {
  test("a field of a wrong type is a BadRequestError that names it", async () => {
    await using gateway = await product();
    const openai = client(gateway);
    const wrong = [
      ["/chat/completions", { model: 5, messages: [] }, "model"],
      ["/chat/completions", { ...hello, temperature: "warm" }, "temperature"],
      [
        "/chat/completions",
        { ...hello, messages: [{ role: "user", content: 5 }] },
        "messages[0].content",
      ],
      ["/responses", { model: 5, input: "hi" }, "model"],
      ["/responses", { model: "gpt-4o", input: 5 }, "input"],
      ["/completions", { model: "gpt-4o", prompt: 5 }, "prompt"],
    ] as const;
    for (const [path, body, param] of wrong) {
      await assert.rejects(openai.post(path, { body }), (error) => {
        assert.ok(error instanceof BadRequestError);
        assert.equal(error.param, param, path);
        assert.equal(error.status, 400);
        assert.equal(error.type, "invalid_request_error");
        assert.ok(error.requestID);
        return true;
      });
    }
    assert.equal(gateway.upstream.requests.length, 0);
  });

  test("a missing key is an AuthenticationError", async () => {
    await using gateway = await product({
      auth: { mode: "strict", keys: "a-key-of-thirty-two-characters-0" },
    });
    await assert.rejects(client(gateway).models.list(), AuthenticationError);
    await assert.rejects(
      client(gateway).chat.completions.create({ ...hello, messages: [...hello.messages] }),
      (error) => {
        assert.ok(error instanceof AuthenticationError);
        assert.equal(error.code, "invalid_api_key");
        return true;
      },
    );
  });

  for (const stream of [false, true]) {
    test(`accounts at their limit are a RateLimitError with its headers, stream ${stream}`, async () => {
      await using gateway = await product({ upstream: { accounts: [{ fail: "rate-limit" }] } });
      const asked = client(gateway).chat.completions.create({
        model: "gpt-4o",
        messages: [{ role: "user", content: "Say hello" }],
        stream,
      });
      await assert.rejects(asked, (error) => {
        assert.ok(error instanceof RateLimitError);
        assert.equal(error.code, "pool_exhausted");
        assert.ok(Number(error.headers.get("retry-after")) > 0);
        assert.equal(error.headers.get("x-mapped-model"), "gemini-2.5-flash");
        assert.equal(error.headers.get("x-account-email"), "sandbox-1@agproxy.invalid");
        return true;
      });
    });
  }

  for (const failure of ["cut", "no-finish", "error-in-stream"] as const) {
    test(`an upstream that fails in mid-stream (${failure}) is an APIError, never a whole answer`, async () => {
      await using gateway = await product({ upstream: { accounts: [{ fail: failure }] } });
      const openai = client(gateway);
      const body = { model: "gpt-4o", messages: [{ role: "user", content: "Say hello" }] } as const;
      const raw = await openai.chat.completions.create({
        ...body,
        messages: [...body.messages],
        stream: true,
      });
      await assert.rejects(Array.fromAsync(raw), APIError);
      const helper = openai.chat.completions.stream({ ...body, messages: [...body.messages] });
      await assert.rejects(helper.finalMessage(), APIError);
      const events = await openai.responses.create({ model: "gpt-4o", input: "hi", stream: true });
      await assert.rejects(Array.fromAsync(events), APIError);
    });
  }

  test("a blocked prompt ends in content_filter, not in an ordinary stop", async () => {
    await using gateway = await product({ upstream: { accounts: [{ fail: "blocked" }] } });
    const answer = await client(gateway).chat.completions.create({
      model: "gpt-4o",
      messages: [{ role: "user", content: "Say hello" }],
    });
    assert.equal(answer.choices[0]?.finish_reason, "content_filter");
    assert.match(answer.choices[0].message.refusal ?? "", /SAFETY/, "it says why");
  });
});

suite("responses that are kept", () => {
  test("three turns by previous_response_id, and each can be read again", async () => {
    await using gateway = await product();
    const { responses } = client(gateway);
    const first = await responses.create({ model: "gpt-4o", input: "My name is Ada." });
    const second = await responses.create({
      model: "gpt-4o",
      input: "And I live in Paris.",
      previous_response_id: first.id,
    });
    const third = await responses.create({
      model: "gpt-4o",
      input: "Who am I?",
      previous_response_id: second.id,
    });
    assert.equal((await responses.retrieve(third.id)).output_text, third.output_text);
    const sent = JSON.stringify(gateway.upstream.requests.at(-1)?.body);
    for (const said of ["My name is Ada.", "And I live in Paris.", "Who am I?"]) {
      assert.ok(sent.includes(said), said);
    }
    await responses.delete(first.id);
    await assert.rejects(responses.retrieve(first.id), { status: 404 });
  });

  test("in the background, polled until it is done", async () => {
    await using gateway = await product();
    const { responses } = client(gateway);
    let response = await responses.create({
      model: "gpt-4o",
      input: "Say hello",
      background: true,
    });
    assert.match(response.status ?? "", /^(?:queued|in_progress|completed)$/);
    while (response.status === "queued" || response.status === "in_progress") {
      response = await responses.retrieve(response.id);
    }
    assert.equal(response.status, "completed");
    assert.match(response.output_text, /Say hello/);
  });
});

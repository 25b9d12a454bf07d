/**
 * The promise: an upstream that fails is never taken for one that answered. Before the first byte the next
 * account is asked, and where nobody answers the client gets a status and JSON; after it, the client's own
 * form of an error in the stream, and never a silent end.
 */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { ServerResponse } from "node:http";
import { ask, type ChatCase, chatCases, chatRoutes, goodText } from "./support/chat-routes.ts";
import { wireError } from "./support/chat-routes.ts";
import { type GeminiCall, geminiServer, said, sse } from "./support/gemini-server.ts";
import { answerWell, cutOff, refuse } from "./support/gemini-server.ts";
import { at } from "./support/json-path.ts";
import { poolGateway } from "./support/pool-gateway.ts";

/** Long enough that a busy machine does not run into them by itself. */
const timeouts = { connect: 5000, firstByte: 700, idle: 700, request: 590_000 };

const overloaded = {
  error: { code: 503, message: "The model is overloaded.", status: "UNAVAILABLE" },
};
const malformed = { candidates: [{ index: 0, finishReason: "MALFORMED_FUNCTION_CALL" }] };

function begin({ response, streamed }: GeminiCall): ServerResponse {
  const type = streamed ? "text/event-stream" : "application/json";
  return response.writeHead(200, { "content-type": type });
}

interface Death {
  readonly title: string;
  readonly die: (call: GeminiCall) => void;
  readonly code: string;
  /** Of the answer, where no account does better. */
  readonly status: number;
}

/** What can become of a stream after its first event. */
const midStream: readonly Death[] = [
  {
    title: "the connection breaks",
    die: (call) => cutOff(call.response),
    code: "upstream_cut",
    status: 502,
  },
  {
    title: "a bare JSON error",
    die: ({ response }) => response.end(JSON.stringify(overloaded, null, 2)),
    code: "model_overloaded",
    status: 503,
  },
  {
    title: "an error as an event",
    die: ({ response }) => response.end(sse(overloaded)),
    code: "model_overloaded",
    status: 503,
  },
  {
    title: "no finish reason",
    die: ({ response }) => response.end(),
    code: "upstream_cut",
    status: 502,
  },
  {
    title: "half of an event",
    die: ({ response }) => response.end(sse(said("more", "STOP")).slice(0, 40)),
    code: "upstream_unreadable",
    status: 502,
  },
  { title: "silence", die: () => {}, code: "upstream_timeout", status: 504 },
  {
    title: "a malformed call",
    die: ({ response }) => response.end(sse(malformed)),
    code: "malformed_tool_call",
    status: 502,
  },
];

suite("in the middle of a stream", { concurrency: 6 }, () => {
  for (const route of chatRoutes) {
    for (const { title, die, code } of midStream) {
      test(`${route.path}: ${title}`, async () => {
        await using server = await geminiServer((call) => {
          begin(call).write(sse(said("half ")));
        });
        await using gateway = await poolGateway(server.url, { timeouts });
        const response = await ask(gateway, { route, stream: true });
        assert.equal(response.status, 200);
        const decoder = new TextDecoder();
        let stream = "";
        for await (const bytes of response.body ?? []) {
          // The upstream dies once the client has something, so that there is no going back.
          if (stream === "") server.calls.forEach(die);
          stream += decoder.decode(bytes, { stream: true });
        }
        assert.equal(route.streamedText(stream), "half ");
        assert.ok(!route.isComplete(stream), stream);
        assert.doesNotMatch(stream, /\[DONE\]/);
        const error = route.streamedError(stream);
        assert.ok(String(at(error, "message")).length > 10, stream);
        // Google's clients are told what Google said, in its own words.
        const told = at(error, "details", 0, "metadata", "code") ?? at(error, "code");
        if (route.path !== "/v1/responses" && typeof told === "string") assert.equal(told, code);
        const [summary] = gateway.summaries.all;
        assert.deepEqual([summary?.outcome, summary?.error?.code], ["failed", code]);
        assert.equal(server.calls.length, 1, "what was said cannot be unsaid: no other attempt");
      });
    }
  }
});

const wire = (call: GeminiCall, payload: object): void => {
  begin(call).end(call.streamed ? sse(payload) : JSON.stringify(payload));
};

/** What can go wrong before anything went to the client. */
const atOnce: readonly Death[] = [
  {
    title: "no answer at all",
    die: ({ response }) => cutOff(response),
    code: "upstream_unreachable",
    status: 502,
  },
  { title: "silence", die: () => {}, code: "upstream_timeout", status: 504 },
  {
    title: "a head and then silence",
    die: (call) => begin(call).flushHeaders(),
    code: "upstream_timeout",
    status: 504,
  },
  {
    title: "a head and an empty body",
    die: (call) => begin(call).end(),
    code: "upstream_cut",
    status: 502,
  },
  {
    title: "counts and no candidate",
    die: (call) => wire(call, { usageMetadata: { promptTokenCount: 3 } }),
    code: "upstream_cut",
    status: 502,
  },
  {
    title: "JSON that is no answer",
    die: (call) => wire(call, {}),
    code: "upstream_unreadable",
    status: 502,
  },
  {
    title: "503",
    die: ({ response }) => refuse(response, 503),
    code: "upstream_unavailable",
    status: 503,
  },
  {
    title: "500",
    die: ({ response }) => refuse(response, 500),
    code: "upstream_failed",
    status: 502,
  },
  {
    title: "429",
    die: ({ response }) => refuse(response, 429, "17s"),
    code: "pool_exhausted",
    status: 429,
  },
  {
    title: "403",
    die: ({ response }) => refuse(response, 403),
    code: "account_forbidden",
    status: 403,
  },
  {
    title: "401",
    die: ({ response }) => refuse(response, 401),
    code: "account_rejected",
    status: 502,
  },
  {
    title: "an error with a good status",
    die: (call) => begin(call).end(JSON.stringify(overloaded)),
    code: "model_overloaded",
    status: 503,
  },
  {
    title: "a page of something else",
    die: ({ response }) =>
      response
        .writeHead(200, { "content-type": "text/html" })
        .end("<html><title>Login</title></html>"),
    code: "upstream_unreadable",
    status: 502,
  },
  {
    title: "half of an answer, then the connection breaks",
    die: (call) => {
      begin(call).write(call.streamed ? 'data: {"candi' : '{"candidates": [');
      setImmediate(() => cutOff(call.response));
    },
    code: "upstream_cut",
    status: 502,
  },
  {
    title: "half of an answer, then silence",
    die: (call) => begin(call).write(call.streamed ? 'data: {"candi' : '{"candidates": ['),
    code: "upstream_timeout",
    status: 504,
  },
];

suite("before the first byte", { concurrency: 6 }, () => {
  for (const { title: name, die, code, status } of atOnce) {
    for (const { title, ...one } of chatCases) {
      test(`${name}: the next account answers: ${title}`, async () => {
        await using server = await geminiServer((call) => {
          if (call.key === "key-1") die(call);
          else answerWell(call);
        });
        await using gateway = await poolGateway(server.url, { timeouts });
        const response = await ask(gateway, one);
        assert.equal(response.headers.get("x-account-email"), "account-2");
        assert.equal(await goodText(one, response), "good answer");
        assert.deepEqual(
          server.calls.map(({ key }) => key),
          ["key-1", "key-2"],
        );
        assert.equal(gateway.summaries.all[0]?.outcome, "ok");
        assert.equal(gateway.summaries.all[0]?.attempts.length, 2);
      });

      test(`${name}: nobody answers: ${title}`, async () => {
        await using server = await geminiServer(die);
        await using gateway = await poolGateway(server.url, {
          timeouts,
          accounts: 1,
          rotation: { attempts: 1, maxWait: 0 },
        });
        const response = await ask(gateway, one);
        const told = code === "model_overloaded" ? (one.route.overloaded ?? status) : status;
        assert.equal(response.status, told);
        assert.equal(gateway.summaries.all[0]?.status, told);
        const error = await wireError(response);
        assert.equal(error.code, code);
        assert.ok(error.message.length > 10);
        if (status === 429) assert.equal(response.headers.get("retry-after"), "17");
        assert.equal(gateway.summaries.all[0]?.outcome, "failed");
      });
    }
  }
});

/** Answers that need looking at, whatever their status says. */
for (const { title, ...one } of chatCases) {
  test(`a malformed call is tried once more on the same account: ${title}`, async () => {
    await using server = await geminiServer((call) => {
      if (call.number === 1) wire(call, malformed);
      else answerWell(call);
    });
    await using gateway = await poolGateway(server.url);
    assert.equal(await goodText(one, await ask(gateway, one)), "good answer");
    assert.deepEqual(
      server.calls.map(({ key }) => key),
      ["key-1", "key-1"],
    );
  });

  test(`a malformed call that comes again is an error, never a stop: ${title}`, async () => {
    await using server = await geminiServer((call) => wire(call, malformed));
    await using gateway = await poolGateway(server.url);
    const response = await ask(gateway, one);
    assert.equal(response.status, 502);
    assert.equal((await wireError(response)).code, "malformed_tool_call");
    assert.equal(server.calls.length, 2);
    const next = server.calls.length;
    await (await ask(gateway, one)).text();
    assert.notEqual(server.calls[next]?.key, server.calls[next - 1]?.key, "no account was cooled");
  });

  test(`a prompt that is blocked is told as such: ${title}`, async () => {
    await using server = await geminiServer((call) =>
      wire(call, { promptFeedback: { blockReason: "PROHIBITED_CONTENT" } }),
    );
    await using gateway = await poolGateway(server.url);
    const response = await ask(gateway, one);
    assert.equal(response.status, 200);
    assert.match(await response.text(), /content_filter|"stop_reason":"refusal"|"blockReason"/);
    assert.equal(server.calls.length, 1, "another account would block it too");
  });

  test(`an answer that finishes well and says nothing is complete: ${title}`, async () => {
    const nothing = { candidates: [{ index: 0, content: { parts: [] }, finishReason: "STOP" }] };
    await using server = await geminiServer((call) => wire(call, nothing));
    await using gateway = await poolGateway(server.url);
    const body = await (await ask(gateway, one)).text();
    if (one.stream) assert.ok(one.route.isComplete(body), body);
    else
      assert.match(
        body,
        /"finish_reason":"stop"|"status":"completed"|"stop_reason":"end_turn"|"finishReason":"STOP"/,
      );
  });

  test(`the request's own fault is not tried again: ${title}`, async () => {
    await using server = await geminiServer(({ response }) => refuse(response, 400));
    await using gateway = await poolGateway(server.url);
    const response = await ask(gateway, one);
    assert.equal(response.status, 400);
    if (one.route.streamPath === undefined) {
      assert.equal((await wireError(response)).code, "upstream_rejected");
    } else {
      const error = { code: 400, message: "Told to fail.", details: [] };
      assert.deepEqual(await response.json(), { error }, "Google's own words");
    }
    assert.equal(server.calls.length, 1);
  });
}

const [chat] = chatRoutes;

for (const stream of [false, true]) {
  const one: Pick<ChatCase, "route" | "stream"> = { route: chat!, stream };

  test(`all accounts at their limit: 429, the earliest recovery and each reason, ${stream ? "streamed" : "whole"}`, async () => {
    await using server = await geminiServer(({ response, key }) =>
      refuse(response, 429, key === "key-1" ? "50s" : "20s"),
    );
    await using gateway = await poolGateway(server.url);
    const first = await ask(gateway, one);
    assert.equal(first.status, 429);
    assert.equal(first.headers.get("retry-after"), "20");
    const details = at(JSON.parse(await first.text()), "error", "details", "accounts");
    assert.ok(Array.isArray(details));
    const names = new Set(details.map((detail) => at(detail, "account")));
    assert.deepEqual(names, new Set(["account-1", "account-2"]));
    for (const detail of details) assert.ok(at(detail, "reason"));
    const asked = server.calls.length;
    assert.equal((await ask(gateway, one)).status, 429);
    assert.equal(server.calls.length, asked, "accounts that rest are left alone");
  });
}

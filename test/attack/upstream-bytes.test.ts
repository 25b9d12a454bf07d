/** The promise: nothing that an upstream sends, or what stands between, holds up other requests or parks an account. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { type GeminiCall, geminiServer, said, sse } from "../support/gemini-server.ts";
import { poolGateway } from "../support/pool-gateway.ts";

const many = 4_000_000;

/** Asks for a chat. */
async function ask(url: string, stream = false): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      model: "gemini-2.5-flash",
      messages: [{ role: "user", content: "hello" }],
      stream,
    }),
    signal: AbortSignal.timeout(30_000),
  });
}

const error = (error: object) => JSON.stringify({ error });

/** Error texts that a quadratic search would take minutes for. */
const errors: readonly [what: string, status: number, body: string][] = [
  ["nothing but <", 500, "<".repeat(many)],
  ["titles without end", 500, "<title>".repeat(many / 7)],
  ["a message of <", 400, error({ code: 400, message: "<".repeat(many) })],
  ["a retryDelay of digits", 429, error({ details: [{ retryDelay: "9".repeat(many) }] })],
  ["a message of digits", 429, error({ message: `retry in ${"9".repeat(many)}` })],
  ["a message of token counts", 400, error({ message: "input token count ".repeat(many / 16) })],
];

suite("error texts", () => {
  for (const [what, status, body] of errors) {
    test(what, { timeout: 30_000 }, async () => {
      await using upstream = await geminiServer(({ response }) =>
        response.writeHead(status).end(body),
      );
      await using gateway = await poolGateway(upstream.url, {
        accounts: 1,
        rotation: { attempts: 1, maxWait: 0 },
      });
      const answer = await ask(gateway.url);
      assert.ok(answer.status >= 400 && answer.status < 600);
      assert.ok((await answer.text()).length < 10_000);
    });
  }

  test("an error page without end is answered, and not read on", { timeout: 30_000 }, async () => {
    await using upstream = await geminiServer(({ response }) => {
      response.writeHead(500);
      const more = () => void (response.destroyed || response.write("a".repeat(100_000), more));
      more();
    });
    await using gateway = await poolGateway(upstream.url, {
      accounts: 1,
      rotation: { attempts: 1, maxWait: 0 },
    });
    assert.equal((await ask(gateway.url)).status, 502);
    await upstream.departed(1);
  });
});

/** Begins a stream and goes on with frames that say nothing, without end. */
function murmur({ response }: GeminiCall, frame: string): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write(sse(said("half ")));
  const timer = setInterval(() => response.write(frame), 20);
  response.once("close", () => clearInterval(timer));
}

suite("streams without an event", { concurrency: 4 }, () => {
  for (const [what, frame] of [
    ["comments", ": still here\n\n"],
    ["lines without an end", "data: a"],
    ["data without an empty line", "data: a\n"],
  ] as const) {
    test(what, { timeout: 30_000 }, async () => {
      await using upstream = await geminiServer((call) => murmur(call, frame));
      const timeouts = { connect: 5000, firstByte: 5000, idle: 300, request: 30_000 };
      await using gateway = await poolGateway(upstream.url, { timeouts });
      const text = await (await ask(gateway.url, true)).text();
      assert.match(text, /half .*upstream_timeout/s);
      await upstream.departed(1);
    });
  }
});

test("a Retry-After of centuries parks an account for an hour", { timeout: 30_000 }, async () => {
  await using upstream = await geminiServer(({ response }) =>
    response.writeHead(429, { "Retry-After": "99999999999" }).end("{}"),
  );
  await using gateway = await poolGateway(upstream.url, { accounts: 1, rotation: { attempts: 1 } });
  await (await ask(gateway.url)).text();
  const second = await ask(gateway.url);
  assert.equal(second.status, 429);
  assert.ok(Number(second.headers.get("retry-after")) <= 3600);
  assert.equal(upstream.calls.length, 1);
});

test("words in an upstream's 400 say nothing about the account", { timeout: 30_000 }, async () => {
  const message = "Unknown name: API key not valid. API key expired.";
  await using upstream = await geminiServer(({ response }) =>
    response.writeHead(400).end(error({ code: 400, status: "INVALID_ARGUMENT", message })),
  );
  await using gateway = await poolGateway(upstream.url, { accounts: 2 });
  for (const count of [1, 2, 3]) {
    assert.equal((await ask(gateway.url)).status, 400);
    assert.equal(upstream.calls.length, count, "no other account is asked, and none rests");
  }
});

const choice = (index: number) => ({
  index,
  content: { parts: [{ text: "a" }] },
  finishReason: "STOP",
});

suite("answers of very many things", () => {
  const candidates = Array.from({ length: 100_000 }, (_, index) => choice(index));
  const call = { functionCall: { name: "f", args: { a: 1 } } };
  const parts = Array.from({ length: 100_000 }, () => call);
  const answers: readonly [what: string, payload: object][] = [
    ["choices", { candidates }],
    ["calls of a tool", { candidates: [{ index: 0, content: { parts }, finishReason: "STOP" }] }],
  ];
  for (const [what, payload] of answers) {
    for (const stream of [false, true]) {
      const how = stream ? "streamed" : "whole";
      test(
        `${what}, ${how}: the upstream's fault, not agproxy's`,
        { timeout: 30_000 },
        async () => {
          await using upstream = await geminiServer(({ response }) =>
            response.end(stream ? sse(payload) : JSON.stringify(payload)),
          );
          await using gateway = await poolGateway(upstream.url, {
            accounts: 1,
            rotation: { attempts: 1 },
          });
          const answer = await ask(gateway.url, stream);
          assert.equal(answer.status, 502);
          assert.match(await answer.text(), /"code":"upstream_unreadable"/);
        },
      );
    }
  }
});

/**
 * The promise: a signature that the upstream does not take costs a client nothing. One of another family of models is
 * left out; for one that is refused all the same, the upstream is asked once more without any, and never again.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type GeminiCall, type GeminiServer, geminiServer, sse } from "./support/gemini-server.ts";
import { at } from "./support/json-path.ts";
import { type PoolGateway, poolGateway } from "./support/pool-gateway.ts";

const model = "gemini-3-flash-preview";

/** What the upstream says first; both pieces are signed, so they come back signed. */
const pieces = {
  call: { functionCall: { name: "f", args: {}, id: "c1" }, thoughtSignature: "U0lHTkVE" },
  text: { text: "ok", thoughtSignature: "U0lHTkVE" },
} as const;

function answer({ response, streamed }: GeminiCall, part: object): void {
  const payload = {
    candidates: [{ index: 0, content: { role: "model", parts: [part] }, finishReason: "STOP" }],
  };
  response.writeHead(200, { "content-type": streamed ? "text/event-stream" : "application/json" });
  response.end(streamed ? sse(payload) : JSON.stringify(payload));
}

function refuse({ response }: GeminiCall, message: string): void {
  response.writeHead(400, { "content-type": "application/json" });
  response.end(JSON.stringify({ error: { code: 400, message, status: "INVALID_ARGUMENT" } }));
}

const isSigned = ({ body }: GeminiCall) => JSON.stringify(body).includes("U0lHTkVE");

interface Route {
  readonly path: string;
  /** The second request of a conversation whose first answer is given. */
  next(first: unknown): object;
}

const tools = [{ type: "function", name: "f", function: { name: "f" } }];

const routes: readonly Route[] = [
  {
    path: "/v1/chat/completions",
    next(first) {
      const said = at(first, "choices", 0, "message");
      const calls = at(said, "tool_calls");
      const reply =
        calls === undefined
          ? { role: "user", content: "more" }
          : { role: "tool", tool_call_id: at(calls, 0, "id"), content: "found" };
      return { messages: [{ role: "user", content: "go" }, said, reply], tools };
    },
  },
  {
    path: "/v1/responses",
    next(first) {
      const output = at(first, "output");
      assert.ok(Array.isArray(output));
      const id = output.map((item) => at(item, "call_id")).find((one) => one !== undefined);
      const reply =
        id === undefined
          ? { role: "user", content: "more" }
          : { type: "function_call_output", call_id: id, output: "found" };
      return { input: [{ role: "user", content: "go" }, ...(output as unknown[]), reply], tools };
    },
  },
];

const opening = { messages: [{ role: "user", content: "go" }], input: "go", tools };

function post(gateway: PoolGateway, path: string, body: object): Promise<Response> {
  return fetch(gateway.url + path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ model, ...body }),
  });
}

/** Asks twice, with the first answer in the second request; gives the second answer. */
async function converse(
  gateway: PoolGateway,
  { path, next }: Route,
  more: object = {},
): Promise<Response> {
  const first: unknown = await (await post(gateway, path, opening)).json();
  return post(gateway, path, { ...next(first), ...more });
}

/** The calls of the second request. */
const later = ({ calls }: GeminiServer) => calls.slice(1);

for (const route of routes) {
  for (const [name, piece] of Object.entries(pieces)) {
    for (const attempts of [1, 3]) {
      for (const stream of [false, true]) {
        const title = `${route.path}, ${stream ? "streamed" : "whole"}, a ${name}, ${attempts} attempts`;
        test(`a refused request is sent at most twice: ${title}`, async () => {
          await using upstream = await geminiServer((call) =>
            call.number === 1 ? answer(call, piece) : refuse(call, "Corrupted thought signature."),
          );
          await using gateway = await poolGateway(upstream.url, { rotation: { attempts } });
          const refused = await converse(gateway, route, { stream });
          assert.equal(refused.status, 400);
          assert.match(await refused.text(), /Corrupted thought signature/);
          assert.deepEqual(later(upstream).map(isSigned), [true, false]);
        });
      }
    }

    for (const message of [
      "Thought signature is not valid.",
      "messages.1.content.0: Invalid `signature` in `thinking` block",
    ]) {
      test(`the second try has no signature and is answered: ${route.path}, a ${name}, "${message}"`, async () => {
        await using upstream = await geminiServer((call) => {
          if (call.number > 1 && isSigned(call)) refuse(call, message);
          else answer(call, piece);
        });
        await using gateway = await poolGateway(upstream.url);
        const answered = await converse(gateway, route);
        assert.equal(answered.status, 200);
        await answered.text();
        assert.deepEqual(later(upstream).map(isSigned), [true, false]);
        assert.equal(new Set(later(upstream).map(({ key }) => key)).size, 1, "the same account");
      });
    }

    test(`a model of another family is not sent the signature: ${route.path}, a ${name}`, async () => {
      await using upstream = await geminiServer((call) => answer(call, piece));
      await using gateway = await poolGateway(upstream.url);
      for (const other of ["gemini-3-pro-preview", "gemini-2.5-pro"]) {
        const answered = await converse(gateway, route, { model: other });
        assert.equal(answered.status, 200);
        await answered.text();
      }
      const [, sameFamily, , otherFamily] = upstream.calls;
      assert.deepEqual(
        [sameFamily, otherFamily].map((call) => call && isSigned(call)),
        [true, false],
      );
      assert.equal(upstream.calls.length, 4);
    });
  }

  test(`a request without signature or call is sent once: ${route.path}`, async () => {
    await using upstream = await geminiServer((call) => refuse(call, "Missing thought_signature."));
    await using gateway = await poolGateway(upstream.url);
    assert.equal((await post(gateway, route.path, opening)).status, 400);
    assert.equal(upstream.calls.length, 1);
  });
}

/** The promise: when agproxy stops, every open request ends with a reason that its client can read. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { suite, test } from "node:test";
import { openai } from "@agproxy/plugin-openai";
import { responses } from "@agproxy/plugin-responses";
import { gemini } from "@agproxy/plugin-gemini";
import { readSseText, startGateway, type TestGateway } from "agproxy/testing";
import { WebSocket } from "ws";
import { type GeminiServer, geminiServer, said, sse } from "./support/gemini-server.ts";
import { at } from "./support/json-path.ts";

/** Says something and then nothing more, or nothing at all. */
function upstreamThat(speaks: boolean): Promise<GeminiServer> {
  return geminiServer(({ response, streamed }) => {
    if (!speaks) return;
    response.writeHead(200, {
      "content-type": streamed ? "text/event-stream" : "application/json",
    });
    response.write(streamed ? sse(said("Hello")) : "[");
  });
}

function start(upstream: GeminiServer, drain = 50): Promise<TestGateway> {
  return startGateway({
    drain,
    plugins: [openai(), responses(), gemini({ keys: "k", baseUrl: upstream.url })],
  });
}

const bodies = {
  "/v1/chat/completions": { messages: [{ role: "user", content: "Hi" }] },
  "/v1/completions": { prompt: "Hi" },
  "/v1/responses": { input: "Hi" },
} as const;
type Path = keyof typeof bodies;
const paths = Object.keys(bodies) as readonly Path[];

function ask(gateway: TestGateway, path: Path, stream: boolean): Promise<Response> {
  const body = { model: "gemini-2.5-flash", stream, ...bodies[path] };
  return fetch(gateway.url + path, { method: "POST", body: JSON.stringify(body) });
}

suite("at the end of `drain`", { concurrency: 4 }, () => {
  for (const path of paths) {
    for (const stream of [true, false]) {
      test(`${path}, stream ${stream}: what has not begun is a 503 that says when to come back`, async () => {
        await using upstream = await upstreamThat(false);
        const gateway = await start(upstream);
        const asked = ask(gateway, path, stream);
        await upstream.arrived(1);
        await gateway.close();
        const answer = await asked;
        assert.equal(answer.status, 503);
        assert.equal(answer.headers.get("retry-after"), "1");
        assert.equal(at(await answer.json(), "error", "code"), "shutting_down");
        await upstream.departed(1);
      });
    }

    test(`${path}: a stream ends with the reason`, async () => {
      await using upstream = await upstreamThat(true);
      const gateway = await start(upstream);
      const answer = await ask(gateway, path, true);
      const text = answer.text();
      await gateway.close();
      const frames = readSseText(await text);
      const last = JSON.parse(frames.at(-1)?.data ?? "") as unknown;
      const isResponse = path === "/v1/responses";
      assert.equal(
        at(last, ...(isResponse ? ["response", "error"] : ["error"]), "message"),
        reason,
      );
      if (isResponse) assert.equal(at(last, "type"), "response.failed");
      assert.match(JSON.stringify(frames), /Hello/);
      await upstream.departed(1);
    });
  }

  test("a WebSocket gets the reason, and then the code at which clients connect again", async () => {
    await using upstream = await upstreamThat(true);
    const gateway = await start(upstream);
    const socket = new WebSocket(`${gateway.url.replace("http", "ws")}/v1/responses`);
    const events: unknown[] = [];
    const spoke = Promise.withResolvers<void>();
    socket.on("message", (data: Buffer) => {
      events.push(JSON.parse(data.toString()));
      if (data.includes("output_text.delta")) spoke.resolve();
    });
    await once(socket, "open");
    const model = "gemini-2.5-flash";
    socket.send(JSON.stringify({ type: "response.create", model, input: "Hi" }));
    await spoke.promise;
    const closed = once(socket, "close");
    await gateway.close();
    const [code] = (await closed) as [number];
    assert.equal(code, 1001);
    assert.equal(at(events.at(-1), "type"), "response.failed");
    assert.equal(at(events.at(-1), "response", "error", "message"), reason);
  });
});

const reason = "agproxy is shutting down. Try again in a moment.";

test("what ends within `drain` ends well", async () => {
  await using upstream = await upstreamThat(true);
  const gateway = await start(upstream, 10_000);
  const answer = await ask(gateway, "/v1/chat/completions", true);
  const closing = gateway.close();
  upstream.calls[0]?.response.end(sse(said("!", "STOP")));
  assert.match(await answer.text(), /\[DONE\]/);
  await closing;
});

/** The promise: what an account's proxy refuses, another account answers, and the client sees nothing of it. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { gemini } from "@agproxy/plugin-gemini";
import { openai } from "@agproxy/plugin-openai";
import { rotation } from "@agproxy/plugin-rotation";
import { readSseText, startGateway, summaryWatch } from "agproxy/testing";
import { answerWell, geminiServer } from "./support/gemini-server.ts";
import { at } from "./support/json-path.ts";
import { trusted } from "./support/trusted-certificate.ts";

/** A proxy that opens no tunnel. */
async function refusingProxy(status: number) {
  const targets: (string | undefined)[] = [];
  const server = createServer();
  server.on("connect", ({ url }, socket) => {
    targets.push(url);
    socket.on("error", () => {});
    socket.end(`HTTP/1.1 ${status} No\r\n\r\n`);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    targets,
    host,
    url: `http://me:secret@${host}`,
    [Symbol.asyncDispose]: () => new Promise<void>((done) => server.close(() => done())),
  };
}

for (const [scheme, tls] of [
  ["http", undefined],
  ["https", trusted],
] as const) {
  for (const status of [400, 407, 502]) {
    for (const stream of [false, true]) {
      const form = stream ? "streamed" : "whole";
      test(`${status} of a proxy, on the way to ${scheme}, ${form}`, async () => {
        await using proxy = await refusingProxy(status);
        await using upstream = await geminiServer(answerWell, tls);
        const summaries = summaryWatch();
        const accounts = [
          { key: "key-1", label: "behind the proxy", proxy: proxy.url },
          { key: "key-2", label: "without one" },
        ];
        await using gateway = await startGateway({
          plugins: [
            summaries.plugin,
            openai(),
            rotation(),
            gemini({ accounts, baseUrl: upstream.url }),
          ],
        });
        const ask = async () => {
          const response = await fetch(`${gateway.url}/v1/chat/completions`, {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: JSON.stringify({
              model: "gemini-2.5-flash",
              messages: [{ role: "user", content: "hi" }],
              stream,
            }),
          });
          const body = await response.text();
          assert.equal(response.status, 200, body);
          assert.equal(stream ? streamedText(body) : wholeText(body), "good answer");
        };
        await ask();
        // The account rests: the next request does not try it.
        await ask();
        await summaries.reached(2);
        assert.deepEqual(proxy.targets, [new URL(upstream.url).host]);
        assert.deepEqual(
          upstream.calls.map(({ key }) => key),
          ["key-2", "key-2"],
        );
        const [summary] = summaries.all;
        assert.equal(summary?.outcome, "ok");
        assert.deepEqual(
          summary.attempts.map(({ account, error }) => [account.label, error?.code]),
          [
            ["behind the proxy", "upstream_unreachable"],
            ["without one", undefined],
          ],
        );
        const cools = gateway.log.find(({ msg }) => msg === "cools");
        assert.equal(cools?.["account"], "behind the proxy");
        assert.equal(cools["error"], "upstream_unreachable");
        assert.doesNotMatch(JSON.stringify(gateway.log), /secret/);
      });
    }
  }
}

function wholeText(body: string): unknown {
  return at(JSON.parse(body), "choices", 0, "message", "content");
}

function streamedText(body: string): string {
  const payloads = readSseText(body).filter(({ data }) => data !== "[DONE]");
  const texts = payloads.map(({ data }) => at(JSON.parse(data), "choices", 0, "delta", "content"));
  return texts.filter((text) => typeof text === "string").join("");
}

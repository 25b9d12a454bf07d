/** The promise: no body holds up other requests. Without the bounds, each of these would take minutes. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { audio } from "@agproxy/plugin-audio";
import { images } from "@agproxy/plugin-images";
import { answerWell, geminiServer } from "../support/gemini-server.ts";
import { poolGateway } from "../support/pool-gateway.ts";

const many = 50_000_000;
const user = '{"role":"user","content":"a"}';

const listOf = (item: string, count: number) => `[${`${item},`.repeat(count)}${item}]`;
const chatOf = (messages: string) => `{"model":"gemini-2.5-flash","messages":${messages}}`;
const image = (url: string) =>
  chatOf(
    `[{"role":"user","content":[{"type":"image_url","image_url":{"url":${JSON.stringify(url)}}}]}]`,
  );
const keys = (count: number) =>
  `{${Array.from({ length: count }, (_, index) => `"key-${index}":1`).join(",")}}`;

const heavy: readonly [what: string, body: () => string][] = [
  ["50 MB of [", () => "[".repeat(many)],
  ["50 MB of [ in a field", () => chatOf("[".repeat(many))],
  ["2,000,000 messages", () => chatOf(listOf(user, 2_000_000))],
  ["3,000,000 keys", () => keys(3_000_000)],
  ["a tool of 3,000,000 keys", () => chatOf(`[${user}],"tools":[${keys(3_000_000)}]`)],
  ["50 MB of ; in a media link", () => image(`data:${";".repeat(many)}`)],
  ["50 MB of spaces in a media link", () => image(`data:image/png${" ".repeat(many)};base64,A`)],
  [
    "a tool of 6,000 schemas that must all hold",
    () => {
      const parts = Array.from({ length: 6000 }, (_, index) => ({
        properties: { [`key-${index}`]: {} },
      }));
      const allOf = JSON.stringify(parts);
      const tool = `{"type":"function","name":"f","parameters":{"allOf":${allOf}}}`;
      return chatOf(`[${user}],"tools":[${tool}],"input":"a"`);
    },
  ],
];

suite("JSON", () => {
  for (const [what, body] of heavy) {
    test(what, { timeout: 60_000 }, async () => {
      await using upstream = await geminiServer(answerWell);
      await using gateway = await poolGateway(upstream.url);
      for (const path of ["chat/completions", "responses"]) {
        const answer = await fetch(`${gateway.url}/v1/${path}`, {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: body(),
        });
        assert.ok(answer.status < 500, await answer.text());
      }
    });
  }
});

test("forms of 1,000,000 parts", { timeout: 60_000 }, async () => {
  await using upstream = await geminiServer(answerWell);
  await using gateway = await poolGateway(upstream.url, { plugins: [audio(), images()] });
  const part = '--x\r\nContent-Disposition: form-data; name="model"\r\n\r\nb\r\n';
  for (const path of ["audio/transcriptions", "images/edits"]) {
    const answer = await fetch(`${gateway.url}/v1/${path}`, {
      method: "POST",
      headers: { "Content-Type": "multipart/form-data; boundary=x" },
      body: `${part.repeat(1_000_000)}--x--\r\n`,
    });
    assert.equal(answer.status, 400, await answer.text());
  }
});

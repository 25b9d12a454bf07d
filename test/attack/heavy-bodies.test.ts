/**
 * The promise: no body holds up other requests. One of another is answered while half of a heavy body has arrived, and nothing
 * stands still much longer than the largest body that is taken makes it. Without the bounds, each of these would take seconds or
 * minutes.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import type { Socket } from "node:net";
import { suite, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { audio } from "@agproxy/plugin-audio";
import { images } from "@agproxy/plugin-images";
import { answerWell, geminiServer } from "../support/gemini-server.ts";
import { poolGateway } from "../support/pool-gateway.ts";

const many = 50_000_000;
const user = '{"role":"user","content":"a"}';

const listOf = (item: string, count: number) => `[${`${item},`.repeat(count)}${item}]`;
// `type` is for messages of a WebSocket, which need it.
const chatOf = (messages: string) =>
  `{"type":"response.create","model":"gemini-2.5-flash","messages":${messages}}`;
const image = (url: string) =>
  chatOf(
    `[{"role":"user","content":[{"type":"image_url","image_url":{"url":${JSON.stringify(url)}}}]}]`,
  );
const tool = (schema: string) =>
  chatOf(
    `[${user}],"tools":[{"type":"function","function":{"name":"f","parameters":{"properties":{"a":${schema}}}}}]`,
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
  ["50 MB of ; in a data: URL", () => image(`data:${";".repeat(many)},A`)],
  ["50 MB of spaces in a media link", () => image(`data:image/png${" ".repeat(many)};base64,A`)],
  ["50 MB of / in a reference", () => tool(`{"$ref":"#${"/".repeat(many)}"}`)],
  ["50 MB of | in a type", () => tool(`{"type":"a${"|".repeat(many)}"}`)],
  ["50 MB of , in a generic type", () => tool(`{"type":"list<${",".repeat(many)}>"}`)],
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

/** Of this thread's own work, so that other programs of the machine count nothing. */
function cpuTime(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}

/** How much work the longest turn of the event loop was while something went on. */
async function longestTurn(work: Promise<unknown>): Promise<number> {
  const over = new AbortController();
  const end = () => over.abort();
  work.then(end, end);
  let longest = 0;
  while (!over.signal.aborted) {
    const before = cpuTime();
    await nextTurn();
    longest = Math.max(longest, cpuTime() - before);
  }
  await work;
  return longest;
}

/** How much work it is here to parse a million values: less than 100 ms. */
const largest = listOf(listOf("{}", 120_000), 8);
function parseLargest(): number {
  const before = cpuTime();
  JSON.parse(largest);
  return cpuTime() - before;
}
const unit = Math.min(...Array.from({ length: 5 }, parseLargest));

/** Does something, and checks that nothing stood still for long meanwhile. */
async function assertFlowing(work: () => Promise<unknown>): Promise<void> {
  // The least of three: a collection of another test's garbage is no turn of this one.
  let times = Infinity;
  for (let run = 0; run < 3 && times >= 10; run += 1) {
    times = Math.min(times, (await longestTurn(work())) / unit);
  }
  assert.ok(times < 10, `a turn was ${times.toFixed(1)} times the parsing of a million values`);
}

/** A request of somebody else, which must be answered well. */
async function askSmall(url: string): Promise<void> {
  const body = `{"model":"gemini-2.5-flash","messages":[${user}]}`;
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(`${url}/v1/chat/completions`, { method: "POST", headers, body });
  assert.equal(answer.status, 200, await answer.text());
}

const pieceBytes = 1024 * 1024;

async function writeAll(to: { write(bytes: Buffer, sent: () => void): void }, bytes: Buffer) {
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    await new Promise<void>((sent) => to.write(bytes.subarray(at, at + pieceBytes), sent));
  }
}

const halves = (bytes: Buffer): readonly [Buffer, Buffer] => [
  bytes.subarray(0, bytes.length / 2),
  bytes.subarray(bytes.length / 2),
];

/** Posts a body, with a request of somebody else when half of it has arrived. */
async function post(url: string, path: string, type: string, body: Buffer): Promise<number> {
  const [first, second] = halves(body);
  const headers = { "Content-Type": type, "Content-Length": body.length };
  const outgoing = request(`${url}${path}`, { method: "POST", headers });
  const answered = once(outgoing, "response");
  await writeAll(outgoing, first);
  await askSmall(url);
  await writeAll(outgoing, second);
  outgoing.end();
  const beside = askSmall(url);
  const [answer] = (await answered) as [NodeJS.ReadableStream & { readonly statusCode: number }];
  answer.resume();
  await Promise.all([once(answer, "end"), beside]);
  return answer.statusCode;
}

suite("JSON", () => {
  for (const [what, body] of heavy) {
    test(what, { timeout: 120_000 }, async () => {
      await using upstream = await geminiServer(answerWell);
      await using gateway = await poolGateway(upstream.url);
      const bytes = Buffer.from(body());
      await assertFlowing(async () => {
        for (const path of ["/v1/chat/completions", "/v1/responses"]) {
          const status = await post(gateway.url, path, "application/json", bytes);
          assert.ok(status < 500, `${path}: ${status}`);
        }
      });
    });
  }
});

async function openSocket(url: string): Promise<Socket> {
  const headers = {
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": Buffer.alloc(16).toString("base64"),
  };
  const outgoing = request(`${url}/v1/responses`, { headers });
  outgoing.end();
  const [, socket] = (await once(outgoing, "upgrade")) as [unknown, Socket];
  return socket;
}

/** The head of a text message, with a mask of zeros: its bytes stay as they are. Source: RFC 6455 section 5.2. */
function messageHead(length: number): Buffer {
  const head = Buffer.alloc(14);
  head.writeUInt16BE(0x81_ff);
  head.writeBigUInt64BE(BigInt(length), 2);
  return head;
}

suite("messages of a WebSocket", () => {
  const good = Buffer.from(
    '{"type":"response.create","model":"gemini-2.5-flash","input":"a","store":false}',
  );
  for (const [what, body] of heavy) {
    test(what, { timeout: 120_000 }, async () => {
      await using upstream = await geminiServer(answerWell);
      await using gateway = await poolGateway(upstream.url);
      const bytes = Buffer.from(body());
      const [first, second] = halves(bytes);
      const socket = await openSocket(gateway.url);
      await assertFlowing(async () => {
        await writeAll(socket, Buffer.concat([messageHead(bytes.length), first]));
        await askSmall(gateway.url);
        await writeAll(socket, second);
        // An answer to the message behind the heavy one: that one is done.
        await writeAll(socket, Buffer.concat([messageHead(good.length), good]));
        let received = "";
        for await (const piece of socket) {
          received += String(piece);
          if (received.includes('"type":"response.completed"')) break;
        }
        assert.match(received, /"type":"response\.completed"/);
        assert.doesNotMatch(received, /"status":5\d\d/);
      });
    });
  }
});

test("forms of 1,000,000 parts", { timeout: 120_000 }, async () => {
  await using upstream = await geminiServer(answerWell);
  await using gateway = await poolGateway(upstream.url, { plugins: [audio(), images()] });
  const part = '--x\r\nContent-Disposition: form-data; name="model"\r\n\r\nb\r\n';
  const body = Buffer.from(`${part.repeat(1_000_000)}--x--\r\n`);
  await assertFlowing(async () => {
    for (const path of ["/v1/audio/transcriptions", "/v1/images/edits"]) {
      const status = await post(gateway.url, path, "multipart/form-data; boundary=x", body);
      assert.equal(status, 400);
    }
  });
});

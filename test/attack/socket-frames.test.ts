/** The promise: whatever a client writes into its WebSocket, it gets an answer or is let go, and the gateway serves on. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { responses } from "@agproxy/plugin-responses";
import { isObject } from "agproxy";
import { scriptedUpstream, startGateway, type TestGateway, textAnswer } from "agproxy/testing";
import * as fc from "fast-check";
import {
  hostileNames,
  hostileObjects,
  hostileTexts,
  hostileValues,
} from "../support/hostile-values.ts";
import { at } from "../support/json-path.ts";
import { changed, places } from "../support/mutations.ts";
import { richRequests } from "../support/rich-requests.ts";

const seed = Number(process.env["AGPROXY_FUZZ_SEED"] ?? 17);
const runs = Number(process.env["AGPROXY_FUZZ_RUNS"] ?? 150);

let gateway: TestGateway;
before(async () => {
  const upstream = scriptedUpstream(() => textAnswer("an answer"));
  gateway = await startGateway({ plugins: [responses(), upstream.plugin], logLevel: "info" });
});
after(() => gateway.close());

type Frame = string | Uint8Array<ArrayBuffer>;

const ends = new Set(["response.completed", "response.incomplete", "response.failed", "error"]);

async function open(): Promise<WebSocket> {
  const socket = new WebSocket(`${gateway.url.replace("http", "ws")}/v1/responses`);
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve, { once: true });
    socket.addEventListener("error", reject, { once: true });
  });
  return socket;
}

const good = JSON.stringify({ type: "response.create", model: "m", input: "hi", store: false });

/** Messages of a type that is not known may be of a newer API, and are left unanswered. */
function isUnknown(frame: Frame): boolean {
  try {
    const value: unknown = JSON.parse(
      typeof frame === "string" ? frame : new TextDecoder().decode(frame),
    );
    return isObject(value) && value["type"] !== "response.create";
  } catch {
    return false;
  }
}

/**
 * Sends a frame and a good one behind it. The events in which their answers end, one or two; fewer where the connection was
 * closed instead.
 */
function answers(socket: WebSocket, frame: Frame): Promise<readonly unknown[]> {
  return new Promise((resolve, reject) => {
    const over = new AbortController();
    const { signal } = over;
    const found: unknown[] = [];
    const expected = isUnknown(frame) ? 1 : 2;
    const timer = setTimeout(() => {
      over.abort();
      reject(new Error(`no answer to ${String(frame).slice(0, 500)}`));
    }, 10_000);
    const settle = () => {
      clearTimeout(timer);
      over.abort();
      resolve(found);
    };
    const read = ({ data }: { readonly data: unknown }) => {
      const event: unknown = JSON.parse(String(data));
      if (ends.has(String(at(event, "type")))) found.push(event);
      if (found.length === expected) settle();
    };
    socket.addEventListener("close", settle, { signal });
    socket.addEventListener("message", read, { signal });
    socket.send(frame);
    socket.send(good);
  });
}

let socket: WebSocket | undefined;

async function assertAnswered(frame: Frame): Promise<void> {
  if (socket?.readyState !== WebSocket.OPEN) socket = await open();
  const events = await answers(socket, frame);
  const told = `${String(frame).slice(0, 500)} → ${JSON.stringify(events).slice(0, 1000)}`;
  assert.doesNotMatch(told.slice(-1000), /internal_error|plugin_failed/, told);
  const last = events.at(-1);
  assert.ok(last === undefined || at(last, "type") === "response.completed", told);
  const fault = gateway.log.find((line) =>
    /internal_error|plugin_failed/.test(String(line["error"])),
  );
  assert.equal(fault, undefined, told);
}

async function assertAlive(): Promise<void> {
  socket?.close();
  socket = await open();
  const events = await answers(socket, good);
  assert.deepEqual(
    events.map((event) => at(event, "type")),
    ["response.completed", "response.completed"],
  );
  assert.deepEqual(
    gateway.log.filter(({ level }) => Number(level) >= 50),
    [],
  );
  socket.close();
}

const whole = { type: "response.create", ...richRequests["/v1/responses"] };
const small = { type: "response.create", model: "m", input: "hi" };

test("every field of a frame takes every value", async () => {
  for (const key of [
    ...Object.keys(whole),
    "generate",
    "previous_response_id",
    "conversation",
    "background",
  ]) {
    for (const value of hostileObjects)
      await assertAnswered(JSON.stringify({ ...small, [key]: value }));
  }
  await assertAlive();
});

test("any value in any place of a frame is answered", async () => {
  const body = fc
    .tuple(fc.nat(places(whole) - 1), fc.constantFrom(...hostileValues))
    .map(([place, value]) => changed(whole, place, value));
  const property = fc.asyncProperty(body, async (value) => assertAnswered(JSON.stringify(value)));
  await fc.assert(property, { seed, numRuns: runs, endOnFailure: true });
  await assertAlive();
});

test("what is no frame of this API is answered, or ends the connection", async () => {
  for (const text of [...hostileTexts, ...hostileNames]) await assertAnswered(text);
  for (const type of hostileValues) await assertAnswered(JSON.stringify({ ...small, type }));
  for (const bytes of [[], [0], [255, 254, 0], [123, 125], [0xed, 0xa0, 0x80]]) {
    await assertAnswered(new Uint8Array(bytes));
  }
  await assertAlive();
});

import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChatRequest, Log, Part, Store } from "@agproxy/core";
import { memoryStore } from "@agproxy/core/testing";
import { assistant, call, user } from "../fixtures/requests.ts";
import { signatureMemory } from "./signature-memory.ts";

const hour = 3_600_000;

const fault = () => Promise.reject(new Error("the store is gone"));

function fixture(fails = false) {
  const kept = new Map<string, { readonly value: string; readonly ttl: number }>();
  const warnings: string[] = [];
  const store: Store = {
    ...memoryStore(),
    get: async (key) => (fails ? fault() : kept.get(key)?.value),
    set: async (key, value, ttl) => (fails ? fault() : void kept.set(key, { value, ttl })),
  };
  const warn = (_: unknown, text: string) => void warnings.push(text);
  const memory = signatureMemory(store, { warn } as unknown as Log);
  return { kept, warnings, memory };
}

const event = (id: string, signature: string, name = "f") =>
  ({ type: "tool-call", choice: 0, id, name, arguments: "{}", signature }) as const;

const asking = (...calls: readonly Part[]): ChatRequest => ({
  model: "m",
  stream: false,
  sampling: {},
  messages: [user("go"), assistant(...calls)],
});

test("a signature is kept for hours, and found by its caller, call and function only", async () => {
  const { kept, memory } = fixture();
  memory.keep(event("1", "S"), "alice");
  assert.deepEqual([...kept.keys()], ["signatures/alice/1"]);
  assert.equal(kept.get("signatures/alice/1")?.ttl, 6 * hour);
  const found = async (id: string, name: string, caller: string) =>
    [...(await memory.recall(asking(call(id, name)), caller)).signatures].flat();
  assert.deepEqual(await found("1", "f", "alice"), ["1", "S"]);
  assert.deepEqual(await found("1", "g", "alice"), []);
  assert.deepEqual(await found("2", "f", "alice"), []);
  assert.deepEqual(await found("1", "f", "bob"), []);
});

test("calls that came back signed are not looked up, and of very many only the last", async () => {
  const { memory } = fixture();
  for (let n = 0; n < 100; n += 1) memory.keep(event(`c${n}`, "S"), "alice");
  assert.ok(!(memory.recall(asking(call("c1", "f", "OWN")), "alice") instanceof Promise));
  const calls = Array.from({ length: 100 }, (_, n) => call(`c${n}`));
  const { signatures: found } = await memory.recall(asking(...calls), "alice");
  assert.equal(found.size, 64);
  assert.ok(found.has("c99") && !found.has("c35"));
});

test("a signature beyond all size is not kept", () => {
  const { kept, memory } = fixture();
  memory.keep(event("1", "x".repeat(256 * 1024 + 1)), "alice");
  assert.equal(kept.size, 0);
});

test("what built-in tools did is kept with the call, for its caller, signed or not", async () => {
  const { memory } = fixture();
  const { signature: _, ...unsigned } = event("2", "");
  memory.keep(event("1", "S"), "alice", "did");
  memory.keep(unsigned, "alice", "did too");
  const again = asking(call("1", "f", "S"), call("2"));
  const found = async (caller: string, everyCall: boolean) =>
    Object.fromEntries((await memory.recall(again, caller, everyCall)).invocations);
  assert.deepEqual(await found("alice", true), { 1: "did", 2: "did too" });
  assert.deepEqual(await found("alice", false), { 2: "did too" });
  assert.deepEqual(await found("bob", true), {});
});

test("where it is too much, in bytes, the signature is kept without it", () => {
  const { kept, memory } = fixture();
  memory.keep(event("1", "S"), "alice", "\u00e9".repeat(128 * 1024));
  assert.equal(kept.get("signatures/alice/1")?.value, '{"name":"f","signature":"S"}');
  const { signature: _, ...unsigned } = event("2", "");
  memory.keep(unsigned, "alice", "x".repeat(256 * 1024 + 1));
  assert.equal(kept.size, 1);
});

test("a store that fails costs the signature, not the request", async () => {
  const { warnings, memory } = fixture(true);
  memory.keep(event("1", "S"), "alice");
  const { signatures } = await memory.recall(asking(call("1")), "alice");
  assert.equal(signatures.size, 0);
  assert.equal(warnings.length, 2);
});

const drawn = (data: string, signature?: string) =>
  ({
    type: "media",
    media: "image",
    mimeType: "image/png",
    source: { kind: "data", data },
    ...(signature === undefined ? {} : { signature }),
  }) as const;

const drawing = (data: string, signature: string) =>
  ({ type: "media", choice: 0, media: "image", mimeType: "image/png", data, signature }) as const;

test("a picture's signature is found by its caller and its content only, in the model's words only", async () => {
  const { kept, memory } = fixture();
  memory.keepPicture(drawing("AAAA", "S"), "alice");
  assert.ok([...kept.keys()].every((key) => /^picture-signatures\/alice\/[\w-]{43}$/.test(key)));
  const found = async (part: Part, caller = "alice") =>
    [...(await memory.recall(asking(part), caller)).pictures.values()].join();
  assert.equal(await found(drawn("AAAA")), "S");
  assert.equal(await found(drawn("AAAB")), "");
  assert.equal(await found(drawn("AAAA"), "bob"), "");
  assert.equal(await found(drawn("AAAA", "OWN")), "");
  const quoted: ChatRequest = { ...asking(), messages: [user(drawn("AAAA"))] };
  assert.ok(!(memory.recall(quoted, "alice") instanceof Promise));
});

test("of very many pictures the last are looked up, and of signatures beyond all size none is kept", async () => {
  const { kept, memory } = fixture();
  for (let n = 0; n < 20; n += 1) memory.keepPicture(drawing(`A${n}`, "S"), "alice");
  const parts = Array.from({ length: 20 }, (_, n) => drawn(`A${n}`));
  const { pictures } = await memory.recall(asking(...parts), "alice");
  assert.deepEqual([...pictures.keys()], parts.slice(-8));
  kept.clear();
  memory.keepPicture(drawing("AAAA", "x".repeat(2 * 1024 * 1024 + 1)), "alice");
  assert.equal(kept.size, 0);
});

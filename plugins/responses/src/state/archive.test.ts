import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryStore } from "@agproxy/core/testing";
import { createArchive } from "./archive.ts";

const ada = { id: "ada", name: "Ada" };

test("the limit counts bytes: a character may have several", async () => {
  const warnings: unknown[] = [];
  const note = (...entry: unknown[]) => void warnings.push(entry);
  const log = { debug: note, info: note, warn: note, error: note };
  const archive = createArchive(memoryStore(), { lifetimeMs: 60_000, maxBytes: 1000 }, log);
  const save = (text: string) => archive.save(ada, "resp_1", { response: { text }, input: [] });
  assert.equal(await save("a".repeat(900)), true);
  assert.deepEqual(warnings, []);
  assert.equal(await save("\u6f22".repeat(900)), false);
  assert.equal(warnings.length, 1);
});

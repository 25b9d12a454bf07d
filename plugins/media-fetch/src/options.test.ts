import assert from "node:assert/strict";
import { test } from "node:test";
import { getHeapStatistics } from "node:v8";
import { readMediaFetchOptions } from "./options.ts";

test("the defaults", () => {
  const { leave, maxHeldBytes, ...rest } = readMediaFetchOptions({});
  assert.deepEqual(rest, {
    enabled: true,
    maxBytes: 20 * 1024 * 1024,
    maxTotalBytes: 64 * 1024 * 1024,
    maxLinks: 100,
    maxHosts: 32,
    timeout: 30_000,
    types: ["image/*", "audio/*", "video/*", "application/pdf", "text/*"],
    ports: [80, 443],
  });
  assert.ok(leave.length > 0);
  assert.ok(maxHeldBytes > 0 && maxHeldBytes < getHeapStatistics().heap_size_limit / 4);
});

for (const [options, expected] of [
  [{ enabled: "no" }, /media-fetch: `enabled` must be true or false\. Write it like this: /],
  [{ maxBytes: 0 }, /`maxBytes` must be 1 or more/],
  [{ timeout: 3e9 }, /`timeout` must be 2147483647 or less/],
  [{ types: "image/*" }, /`types` must be a list/],
  [{ ports: [70_000] }, /`ports\.0` must be 65535 or less/],
  [{ maxbytes: 1 }, /no option `maxbytes`\. Did you mean `maxBytes`\?/],
] as const) {
  test(`a wrong option is named: ${JSON.stringify(options)}`, () => {
    // Config files in JSON are not type-checked.
    assert.throws(() => readMediaFetchOptions(JSON.parse(JSON.stringify(options))), expected);
  });
}

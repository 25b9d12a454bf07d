import assert from "node:assert/strict";
import { test } from "node:test";
import { healthPaths } from "../hooks/route.ts";
import { startGateway } from "../testing.ts";

test("each path that needs no key is served", async () => {
  await using gateway = await startGateway({ plugins: [] });
  for (const path of healthPaths) {
    const answer = await fetch(`${gateway.url}${path}`);
    assert.ok(Object.hasOwn((await answer.json()) as object, "status"), path);
  }
});

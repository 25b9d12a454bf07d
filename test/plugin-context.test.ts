/** The promise: docs/plugin-context.md says of `PluginContext` what its types say. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { contextReference } from "./support/context-reference.ts";
import { repository } from "./support/repository.ts";

test("docs/plugin-context.md is current: `npm run reference` makes it", async () => {
  const page = await readFile(join(repository, "docs/plugin-context.md"), "utf8");
  const current = await contextReference();
  assert.ok(page === current, "it is not what the types say: run `npm run reference`");
  for (const name of [
    "accounts",
    "route",
    "stopping",
    "expose",
    "use",
    "PluginAccounts",
    "HookFaces",
  ]) {
    assert.match(page, new RegExp(`^#+ ${name}$`, "m"));
  }
});

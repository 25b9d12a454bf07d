import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ignoredInChat, ignoredInCompletions } from "./ignored-fields.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

for (const [route, names] of Object.entries({
  chat: ignoredInChat,
  completions: ignoredInCompletions,
})) {
  test(`the README lists exactly the ignored fields of ${route}`, () => {
    const [, listed = ""] = new RegExp(`^\\| ${route} +\\| (.*?) *\\|$`, "m").exec(readme) ?? [];
    assert.deepEqual(
      listed.split(", ").map((name) => name.replaceAll("`", "")),
      names,
    );
  });
}

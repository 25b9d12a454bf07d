/** The promise: docs/cli.md says which commands take which options, as the commands themselves do. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { commandTable } from "../core/src/cli/commands.ts";
import { distribution } from "../src/distribution.ts";
import { repository } from "./support/repository.ts";

/** Whose options have a page of their own. */
const elsewhere = new Set(["keys", "logs", "stats"]);

const { commands } = commandTable(distribution.commands);

/** In a row of the table, `all but` goes before those that do not take it. */
function takers(cell: string): readonly string[] {
  const named = [...cell.matchAll(/`(?<name>[\w-]+)`/g)].map(
    ({ groups }) => groups?.["name"] ?? "",
  );
  const rest = Object.keys(commands).filter((name) => !named.includes(name));
  return cell.startsWith("all") ? rest : named;
}

async function documented(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const page = await readFile(join(repository, "docs/cli.md"), "utf8");
  const rows = [...page.matchAll(/^\| (?<options>`--[^|]*?) +\| (?<who>[^|]*?) +\|/gm)];
  const found = new Map<string, Set<string>>();
  for (const { groups } of rows) {
    for (const [, option = ""] of (groups?.["options"] ?? "").matchAll(/--([\w-]+)/g)) {
      const all = found.get(option) ?? new Set();
      for (const taker of takers(groups?.["who"] ?? "")) all.add(taker);
      found.set(option, all);
    }
  }
  return found;
}

test("docs/cli.md gave --config, --host and --port to commands that refuse them", async () => {
  const found = await documented();
  for (const [name, { options }] of Object.entries(commands)) {
    const told = [...found].filter(([, who]) => who.has(name)).map(([option]) => option);
    const known = [...options, "help", "version"];
    assert.deepEqual(
      told.filter((option) => !known.includes(option)),
      [],
      name,
    );
    if (elsewhere.has(name)) continue;
    assert.deepEqual(
      known.filter((option) => !told.includes(option)),
      [],
      name,
    );
  }
});

/** The promise: whoever reads Chinese finds the same chapters, the same code, the same tables and the same links. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { repository } from "./support/repository.ts";

/** Each page by the path of its translation. */
const translations: Readonly<Record<string, string>> = {
  "README.zh-TW.md": "README.md",
  "docs/zh-TW/cli.md": "docs/cli.md",
  "docs/zh-TW/config.md": "docs/config.md",
};

const fences = /^```\w*\n[^]*?^```$/gm;

/** What of a page is the same in every language, in its order. */
async function skeleton(path: string) {
  const text = await readFile(join(repository, path), "utf8");
  const prose = text.replaceAll(fences, "");
  return {
    code: text.match(fences) ?? [],
    headings: [...prose.matchAll(/^(#+) /gm)].map(([, marks]) => marks),
    // Without those that lead from one language to the other.
    links: [...prose.matchAll(/\]\((?![a-z]+:)(?<target>[^)]+)\)/g)]
      .map(({ groups }) => join(dirname(path), groups?.["target"] ?? ""))
      // A chapter has its name in each language.
      .map((target) => target.replace(/#.*/, ""))
      .map((target) => translations[target] ?? target)
      .filter((target) => target !== (translations[path] ?? path)),
    tables: tablesIn(prose),
  };
}

/** What the first cells of each table have in code, and how many cells each row has. */
function tablesIn(prose: string): readonly (readonly string[])[] {
  return prose.split("\n\n").flatMap((paragraph) => {
    const rows = paragraph.split("\n").filter((line) => line.startsWith("|"));
    const cells = rows.map((row) => row.split(/(?<!\\)\|/).slice(1, -1));
    const heads = cells.map(([first = "", ...rest]) =>
      [first.match(/`[^`]+`/g)?.join(" ") ?? "", rest.length].join(" "),
    );
    return heads.length === 0 ? [] : [heads];
  });
}

for (const [translation, original] of Object.entries(translations)) {
  test(`${translation} is level with ${original}`, async () => {
    const expected = await skeleton(original);
    const found = await skeleton(translation);
    assert.ok(expected.headings.length > 0);
    assert.deepEqual(found.headings, expected.headings);
    assert.deepEqual(found.code, expected.code);
    assert.deepEqual(found.tables, expected.tables);
    assert.deepEqual(found.links, expected.links);
  });

  test(`${translation} is written as Chinese is`, async () => {
    const text = await readFile(join(repository, translation), "utf8");
    const prose = text.replaceAll(fences, "").replaceAll(/`[^`]*`/g, "");
    assert.deepEqual(prose.match(/[\u4e00-\u9fff][,;:!?(]|[,;:!?)][\u4e00-\u9fff]/g), null);
  });
}

/** The promise: a word that is new in the vocabulary is a compile error wherever somebody must say what becomes of it. */
import assert from "node:assert/strict";
import { cp, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { finishedProcess } from "./support/child-process.ts";
import { folder } from "./support/folder.ts";
import { repository } from "./support/repository.ts";

const vocabulary = "core/src/vocabulary";

const from = (...path: readonly string[]) => join(repository, ...path);
const isSource = (path: string) => !/(^|\/)(node_modules|dist)$|\.test\.ts$/.test(path);

/** A copy of the sources, whose packages find each other in it. */
async function copiedSources() {
  const copy = await folder();
  const to = (...path: readonly string[]) => join(copy.path, ...path);
  for (const name of ["core", "plugins", "src"]) {
    await cp(from(name), to(name), { recursive: true, filter: isSource });
  }
  for (const name of ["package.json", "tsconfig.base.json"]) await cp(from(name), to(name));
  const modules = "node_modules";
  await mkdir(to(modules, "@agproxy"), { recursive: true });
  for (const name of await readdir(from(modules))) {
    if (name !== "@agproxy") await symlink(from(modules, name), to(modules, name));
  }
  await symlink(to("core"), to(modules, "@agproxy", "core"));
  for (const name of await readdir(from("plugins"))) {
    await symlink(to("plugins", name), to(modules, "@agproxy", `plugin-${name}`));
  }
  const options = {
    extends: "./tsconfig.base.json",
    compilerOptions: { noEmit: true, customConditions: ["@agproxy/source"] },
    include: ["src", "core/src", "plugins/*/src"],
    exclude: ["plugins/*/src/**/fixtures"],
  };
  await copy.write("tsconfig.json", JSON.stringify(options));
  return copy;
}

/** The files that do not compile. */
async function uncompiled(path: string): Promise<readonly string[]> {
  const tsc = join(repository, "node_modules/.bin/tsc");
  const { stdout } = await finishedProcess(tsc, ["-p", "."], { cwd: path });
  const files = [...stdout.matchAll(/^(\S+)\(\d+,\d+\): error/gm)].map(([, file = ""]) => file);
  return [...new Set(files)].toSorted();
}

test("without a new word everything compiles", { timeout: 120_000 }, async () => {
  await using copy = await copiedSources();
  assert.deepEqual(await uncompiled(copy.path), []);
});

for (const [word, file, last, added, places] of [
  [
    "finish reason",
    "answer.ts",
    '  | "other";',
    '  | "other" | "brand-new";',
    ["plugins/openai/src/choice-stream.ts", "plugins/responses/src/output/encoder.ts"],
  ],
  [
    "event",
    "answer.ts",
    "  /** Of several, the last one counts. */",
    '  | (OfChoice & { readonly type: "brand-new"; readonly fresh: true })',
    [
      "core/src/vocabulary/chat-stream.ts",
      "plugins/audio/src/speech-stream.ts",
      "plugins/audio/src/transcript-stream.ts",
      "plugins/images/src/image-stream.ts",
      "plugins/openai/src/completion-answer.ts",
      "plugins/openai/src/delta.ts",
      "plugins/responses/src/compaction/encoder.ts",
      "plugins/responses/src/output/output-builder.ts",
    ],
  ],
  [
    "part",
    "chat.ts",
    "  | SearchPart;",
    '  | SearchPart | (Signed & { readonly type: "brand-new" });',
    [
      "plugins/gemini/src/request/parts.ts",
      "plugins/gemini/src/request/tool-history-text.ts",
      "plugins/responses/src/input/message-builder.ts",
      "core/src/vocabulary/token-estimate.ts",
    ],
  ],
] as const) {
  test(`a new ${word}`, { timeout: 120_000 }, async () => {
    await using copy = await copiedSources();
    const path = join(copy.path, vocabulary, file);
    const text = await readFile(path, "utf8");
    assert.equal(text.split(last).length, 2, `${file} has ${last}`);
    const kept = last.endsWith(";") ? "" : last;
    await writeFile(path, text.replace(last, `${added}\n${kept}`));
    const found = await uncompiled(copy.path);
    // Others may follow from the same words; each of these must say something.
    assert.deepEqual(
      places.filter((place) => !found.includes(place)),
      [],
      found.join("\n"),
    );
  });
}

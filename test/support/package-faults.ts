/** What is wrong with a package before anybody installs it. */
import { readFile } from "node:fs/promises";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { problemAffectsResolutionKind, problemKindInfo } from "@arethetypeswrong/core/problems";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import type { PackedPackage } from "./packages.ts";

const expected =
  /^(?:package\.json|README(?:\.zh-TW)?\.md|LICENSE|(?:bin|templates)\/[\w/.-]+|dist\/[\w/.-]+(?<!\.test)(?:\.d\.ts|\.js))$/;

/** What `agproxy create-plugin` makes new plugins of, and its package therefore carries. */
export const template = [
  "package.json",
  "tsconfig.json",
  "README.md",
  "src/index.ts",
  "src/index.test.ts",
];

/** Files that are missing, or that nobody needs. */
export function contentFaults({ name, files }: PackedPackage): readonly string[] {
  const isTemplate = name.endsWith("plugin-hello");
  const strange = files.filter(isStrange);
  const needed = ["package.json", "README.md", "LICENSE", "dist/index.js", "dist/index.d.ts"];
  if (isTemplate) needed.push(...template);
  return [
    ...needed.filter((path) => !files.includes(path)).map((path) => `${path} is missing`),
    ...strange
      .filter((path) => !isTemplate || !template.includes(path))
      .map((path) => `${path} is strange`),
  ];
}

function isStrange(path: string): boolean {
  return !expected.test(path) || /\.test\.|(?:^|\/)(?:src|test|fixtures)\//.test(path);
}

/** What publint finds. */
export async function manifestFaults({ tarball }: PackedPackage): Promise<readonly string[]> {
  const bytes = await readFile(tarball);
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const { messages, pkg } = await publint({ pack: { tarball: buffer }, strict: true });
  return messages.map((message) => formatMessage(message, pkg ?? {}) ?? message.code);
}

/** What arethetypeswrong finds. Its profile for packages that are ES modules: CommonJS gets the same files by `require(esm)`. */
export async function typeFaults({ tarball }: PackedPackage): Promise<readonly string[]> {
  const result = await checkPackage(createPackageFromTarballData(await readFile(tarball)), {
    excludeEntrypoints: ["./package.json"],
  });
  if (result.types === false) return ["it has no types"];
  return result.problems
    .filter((problem) =>
      (["node16-esm", "bundler"] as const).some((kind) =>
        problemAffectsResolutionKind(problem, kind, result),
      ),
    )
    .map((problem) => `${problemKindInfo[problem.kind].title}: ${JSON.stringify(problem)}`);
}

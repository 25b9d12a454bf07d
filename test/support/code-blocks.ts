import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { repository } from "./repository.ts";

export interface CodeBlock {
  /** From the repository's root. */
  readonly page: string;
  /** Of its first line. */
  readonly line: number;
  readonly language: string;
  readonly text: string;
}

/** The fenced blocks of one page, in order. */
export async function codeBlocks(page: string): Promise<readonly CodeBlock[]> {
  const text = await readFile(join(repository, page), "utf8");
  return [...text.matchAll(/^```(?<language>\w+)\n(?<code>[^]*?)^```$/gm)].map((match) => ({
    page,
    line: text.slice(0, match.index).split("\n").length + 1,
    language: match.groups?.["language"] ?? "",
    text: match.groups?.["code"] ?? "",
  }));
}

/** Every page that a reader may copy from. */
export async function pages(): Promise<readonly string[]> {
  const names = await Promise.all(["docs", "plugins"].map(everyFile));
  const root = await readdir(repository);
  return [...root, ...names.flat()].filter(
    (name) => name.endsWith(".md") && !name.includes("node_modules"),
  );
}

async function everyFile(folder: string): Promise<readonly string[]> {
  const names = await readdir(join(repository, folder), { recursive: true });
  return names.map((name) => join(folder, name));
}

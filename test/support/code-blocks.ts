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
  const markdown = async (folder: string) =>
    (await readdir(join(repository, folder), { recursive: true }))
      .filter((name) => name.endsWith(".md"))
      .map((name) => join(folder, name));
  const plugins = (await readdir(join(repository, "plugins"))).map((name) =>
    join("plugins", name, "README.md"),
  );
  const root = (await readdir(repository)).filter((name) => name.endsWith(".md"));
  return [...root, ...(await markdown("docs")), ...plugins];
}

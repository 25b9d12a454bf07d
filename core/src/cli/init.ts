import { randomUUID } from "node:crypto";
import { link, readFile, rm, writeFile } from "node:fs/promises";
import { join, dirname } from "node:path";
import { createRequire } from "node:module";
import type { Print } from "./print.ts";
import { ConfigError } from "../config/settings.ts";
import { findFile } from "../config/config.ts";

/** The folder with the files that `agproxy init` writes. */
export const templates = join(
  // By the package's name, because sources and built files lie at different depths.
  dirname(createRequire(import.meta.url).resolve("@agproxy/core/package.json")),
  "templates",
);

const template = join(templates, "agproxy.config.ts");

/** `agproxy init`: writes a commented config file, and never over another one. */
export async function init(directory: string, print: Print): Promise<number> {
  const file = join(directory, "agproxy.config.ts");
  const present = await findFile(directory);
  if (present !== undefined) {
    throw new ConfigError(`${present} is there already and stays as it is.`);
  }
  try {
    await writeNew(file, await readFile(template, "utf8"));
  } catch (thrown) {
    if (codeOf(thrown) === "EEXIST") {
      throw new ConfigError(`${file} is there already and stays as it is.`);
    }
    throw thrown;
  }
  return print(`Wrote ${file}. Start with: npx agproxy start\n`);
}

const noLinks: ReadonlySet<unknown> = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"]);

function codeOf(thrown: unknown): unknown {
  return thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
}

/**
 * Writes a file that is not there yet, whole or not at all, for its owner's eyes: keys come into it. Rejects with `EEXIST` where
 * there is one, or a link to one.
 */
async function writeNew(file: string, text: string): Promise<void> {
  const draft = `${file}.${randomUUID()}`;
  const options = { flag: "wx", mode: 0o600, flush: true } as const;
  try {
    await writeFile(draft, text, options);
    await link(draft, file).catch(async (thrown: unknown) => {
      // Some file systems have no hard links; there the file is at least new.
      if (!noLinks.has(codeOf(thrown))) throw thrown;
      await writeFile(file, text, options);
    });
  } finally {
    await rm(draft, { force: true });
  }
}

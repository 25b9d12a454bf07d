import { readFile } from "node:fs/promises";
import { join, dirname } from "node:path";
import { createRequire } from "node:module";
import { writeNew } from "./new-file.ts";
import type { Print } from "./print.ts";
import { ConfigError } from "../config/settings.ts";
import { findFile } from "../config/config.ts";

/** The folder with the file that `agproxy init` writes. */
const templates = join(
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
  await writeNew(file, await readFile(template, "utf8"));
  return print(`Wrote ${file}. Start with: npx agproxy start\n`);
}

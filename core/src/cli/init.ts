import { constants, copyFile } from "node:fs/promises";
import { join } from "node:path";
import type { Print } from "./print.ts";
import { ConfigError } from "../config/config-error.ts";
import { findFile } from "../config/config.ts";
import { templates } from "./templates.ts";

const template = join(templates, "agproxy.config.ts");

/** `agproxy init`: writes a commented config file. Never writes over one. */
export async function init(directory: string, print: Print): Promise<number> {
  const file = join(directory, "agproxy.config.ts");
  const present = await findFile(directory);
  if (present !== undefined) {
    throw new ConfigError(`${present} is there already and stays as it is.`);
  }
  try {
    await copyFile(template, file, constants.COPYFILE_EXCL);
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "EEXIST") {
      throw new ConfigError(`${file} is there already and stays as it is.`);
    }
    throw thrown;
  }
  return print(`Wrote ${file}. Start with: npx agproxy start\n`);
}

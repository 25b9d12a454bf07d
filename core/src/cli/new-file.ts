import { randomUUID } from "node:crypto";
import { link, mkdir, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { ConfigError } from "../config/settings.ts";

const noLinks: ReadonlySet<unknown> = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"]);

/**
 * Writes a file that is not there yet, whole or not at all, by default for its owner's eyes: keys come into it. Its folder is made
 * where there is none. Throws a `ConfigError` where there is such a file, or a link to one; `advice` then follows.
 */
export async function writeNew(
  file: string,
  text: string,
  { advice = "", mode = 0o600 }: { readonly advice?: string; readonly mode?: number } = {},
): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${randomUUID()}`;
  const options = { flag: "wx", mode, flush: true } as const;
  try {
    await writeFile(draft, text, options);
    await link(draft, file).catch(async (thrown: unknown) => {
      // Some file systems have no hard links; there the file is at least new.
      if (!noLinks.has(codeOf(thrown))) throw thrown;
      await writeFile(file, text, options);
    });
  } catch (thrown) {
    if (codeOf(thrown) !== "EEXIST") throw thrown;
    throw new ConfigError(`${file} is there already and stays as it is.${advice}`);
  } finally {
    await rm(draft, { force: true });
  }
}

function codeOf(thrown: unknown): unknown {
  return thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
}

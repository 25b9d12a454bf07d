import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { Distribution } from "../config/distribution.ts";
import { ConfigError } from "../config/settings.ts";
import { pluginFiles, pluginNames } from "./plugin-template.ts";
import type { Print } from "./print.ts";

/** `agproxy create-plugin NAME`: writes the folder of a new plugin, and never into one that is there. */
export async function createPlugin(
  directory: string,
  asked: string,
  distribution: Distribution | undefined,
  print: Print,
): Promise<number> {
  const names = pluginNames(asked);
  if (distribution === undefined) {
    throw new ConfigError(
      "The template of plugins comes with the package agproxy. Run: npx agproxy",
    );
  }
  const files = pluginFiles(
    await readTemplate(dirname(fileURLToPath(distribution.pluginTemplate))),
    names,
  );
  const folder = join(directory, names.folder);
  try {
    await mkdir(folder);
  } catch (thrown) {
    if (!(thrown instanceof Error && "code" in thrown && thrown.code === "EEXIST")) throw thrown;
    throw new ConfigError(`${folder} is there already and stays as it is.`, { cause: thrown });
  }
  for (const [path, text] of files) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return print(`Wrote ${folder}. Try it with:

  cd ${names.folder}
  npm install
  npm test

Use it in an agproxy.config.ts beside the folder:

  import { ${names.factory} } from "./${names.folder}/src/index.ts";
`);
}

/** What a build or an installation leaves in a plugin's folder. */
const madeFolders: ReadonlySet<string> = new Set(["dist", "node_modules"]);

/** The files of the template by their paths, with slashes. */
async function readTemplate(folder: string): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = relative(folder, join(entry.parentPath, entry.name)).split(sep);
    const isMade = madeFolders.has(path[0] ?? "") || entry.name.endsWith(".tsbuildinfo");
    if (!entry.isFile() || isMade) continue;
    files.set(path.join("/"), await readFile(join(folder, ...path), "utf8"));
  }
  return files;
}

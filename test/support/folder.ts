import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { repository } from "./repository.ts";

/** A folder of its own for one test, gone with it. */
export interface Folder extends AsyncDisposable {
  readonly path: string;
  write(name: string, text: string): Promise<void>;
}

/** An empty folder with these files in it. */
export async function folder(
  files: Readonly<Record<string, string>> = {},
  prefix = "agproxy-test-",
): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), prefix));
  const write = async (name: string, text: string) => {
    const file = join(path, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  };
  for (const [name, text] of Object.entries(files)) await write(name, text);
  return { path, write, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** A folder in which agproxy and its plugins are installed: from the sources of this repository. */
export async function installedFolder(files?: Readonly<Record<string, string>>): Promise<Folder> {
  const made = await folder(files);
  const modules = join(made.path, "node_modules");
  await mkdir(modules);
  for (const name of await readdir(join(repository, "node_modules"))) {
    await symlink(join(repository, "node_modules", name), join(modules, name));
  }
  await symlink(repository, join(modules, "agproxy"));
  return made;
}

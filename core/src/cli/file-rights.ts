import { stat } from "node:fs/promises";
import { userInfo } from "node:os";
import { dirname } from "node:path";

/** A user that a service can run as. */
interface Owner {
  /** Or its number, where it is another user than this one. */
  readonly name: string;
  readonly isOwn: boolean;
}

/** Who owns a folder; undefined for root, whose rights a service does not need. */
export async function ownerOf(folder: string): Promise<Owner | undefined> {
  const { uid } = await stat(folder);
  if (uid === 0) return undefined;
  const own = userInfo();
  const isOwn = uid === own.uid;
  return { name: isOwn ? own.username : String(uid), isOwn };
}

/** The first of the files, or of the folders above them, that users without rights of their own cannot read. */
export async function hiddenFromOthers(files: readonly string[]): Promise<string | undefined> {
  for (const file of files) {
    for (let path = file; path !== dirname(path); path = dirname(path)) {
      const { mode } = await stat(path);
      const needed = path === file ? 0o004 : 0o001;
      if ((mode & needed) === 0) return path;
    }
  }
  return undefined;
}

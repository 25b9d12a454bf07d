import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "@agproxy/core";

const hourMs = 3_600_000;

/**
 * Notes when keys were used, to the hour, with one small file for each: several processes can write them, and no command that
 * changes the keys can lose one. A folder that cannot be written is told once.
 */
export class LastUses {
  readonly #folder: string;
  readonly #log: Log;
  readonly #noted = new Map<string, number>();
  #hasFailed = false;
  #writing: Promise<void> = Promise.resolve();

  constructor(keyFile: string, log: Log) {
    this.#folder = folderOf(keyFile);
    this.#log = log;
  }

  /** A caller has come at a time, in milliseconds since the epoch. */
  note(caller: string, now: number): void {
    const hour = Math.floor(now / hourMs) * hourMs;
    if (this.#noted.get(caller) === hour) return;
    this.#noted.set(caller, hour);
    this.#writing = this.#writing.then(() => this.#write(caller, hour));
  }

  /** Resolves when all is written. */
  written(): Promise<void> {
    return this.#writing;
  }

  async #write(caller: string, hour: number): Promise<void> {
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await writeFile(join(this.#folder, caller), new Date(hour).toISOString(), { mode: 0o600 });
    } catch (thrown) {
      if (this.#hasFailed) return;
      this.#hasFailed = true;
      this.#log.warn({ err: thrown }, "when keys were last used cannot be written");
    }
  }
}

/** When a key was last used; undefined where that is not known. */
export async function lastUse(keyFile: string, caller: string): Promise<string | undefined> {
  const text = await readFile(join(folderOf(keyFile), caller), "utf8").catch(() => "");
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text) ? text : undefined;
}

function folderOf(keyFile: string): string {
  return `${keyFile.replace(/\.json$/, "")}-used`;
}

import { hash } from "node:crypto";
import { type FSWatcher, watch } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { Log } from "../hooks/plugin.ts";

/** How often changed files are read again until they are the same twice: editors write in several steps. */
const settleMs = 100;

/**
 * Calls `changed` when the content of any of some files is another one. It watches their folders: editors and secret stores
 * put new files in the place of old ones.
 */
export class FileWatch {
  readonly #log: Log;
  readonly #changed: () => void;
  readonly #folders = new Map<string, FSWatcher>();
  /** The files, each with the digest of the content that is in use. */
  #known: ReadonlyMap<string, string> = new Map();
  #seen: ReadonlyMap<string, string> = new Map();
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** When the files were read that are in use, or began to be; milliseconds since the epoch. */
  #readAt: number;

  constructor(log: Log, readAt: number, changed: () => void) {
    this.#log = log;
    this.#readAt = readAt;
    this.#changed = changed;
  }

  /** Takes the content that the files have now for the one in use. To be called before they are read. */
  async refresh(): Promise<void> {
    this.#readAt = Date.now();
    this.#known = await digests(this.#known.keys());
  }

  /** Watches these files, which need not exist. */
  async follow(files: readonly string[]): Promise<void> {
    const added = files.filter((file) => !this.#known.has(file));
    const now = await digests(added);
    for (const file of added) {
      // It may have changed since it was read.
      const { mtimeMs = 0 } = (await stat(file).catch(() => undefined)) ?? {};
      if (mtimeMs >= this.#readAt) now.set(file, "changed");
    }
    if (this.#isClosed) return;
    this.#known = new Map(
      files.map((file) => [file, this.#known.get(file) ?? now.get(file) ?? "none"]),
    );
    const folders = new Set(files.map((file) => dirname(file)));
    for (const [folder, watcher] of this.#folders) {
      if (folders.has(folder)) continue;
      watcher.close();
      this.#folders.delete(folder);
    }
    for (const folder of folders) if (!this.#folders.has(folder)) this.#watch(folder);
    this.#look();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    for (const watcher of this.#folders.values()) watcher.close();
    this.#folders.clear();
  }

  #watch(folder: string): void {
    const failed = (thrown: unknown) => {
      this.#folders.get(folder)?.close();
      this.#folders.delete(folder);
      this.#log.warn(
        { folder, err: thrown },
        "this folder is not watched: after a change, send SIGHUP",
      );
    };
    try {
      const watcher = watch(folder, { persistent: false }, () => this.#look());
      watcher.on("error", failed);
      this.#folders.set(folder, watcher);
    } catch (thrown) {
      failed(thrown);
    }
  }

  #look(): void {
    this.#timer ??= setTimeout(() => void this.#settle(), settleMs).unref();
  }

  async #settle(): Promise<void> {
    const now = await digests(this.#known.keys());
    this.#timer = undefined;
    if (this.#isClosed || isSame(now, this.#known)) return;
    const isSettled = isSame(now, this.#seen);
    this.#seen = now;
    if (!isSettled) return this.#look();
    this.#known = now;
    this.#changed();
  }
}

async function digests(files: Iterable<string>): Promise<Map<string, string>> {
  return new Map(
    await Promise.all(
      [...files].map(async (file) => {
        const bytes = await readFile(file).catch(() => undefined);
        return [file, bytes === undefined ? "none" : hash("sha256", bytes)] as const;
      }),
    ),
  );
}

function isSame(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && a.entries().every(([file, own]) => b.get(file) === own);
}

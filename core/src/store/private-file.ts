import { randomUUID } from "node:crypto";
import { type BigIntStats, closeSync, fstatSync, openSync, readFileSync, statSync } from "node:fs";
import { mkdir, open, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Far more than any list of keys: a larger file is some other file. */
const maxBytes = 16 * 1024 * 1024;

/** How long a command waits for another one that changes the file. */
const defaultLockWaitMs = 5000;
const lockPollMs = 20;

/**
 * Where a file lies that commands change: with the user's state, because a config is often read-only. Source: the XDG Base
 * Directory Specification, section 3.
 *
 * @example
 * stateFile("notes.json"); // "/home/you/.local/state/agproxy/notes.json"
 */
export function stateFile(name: string, environment: NodeJS.ProcessEnv = process.env): string {
  const { XDG_STATE_HOME: state, LOCALAPPDATA: local } = environment;
  const ofWindows = process.platform === "win32" ? local : undefined;
  return join(state || ofWindows || join(homedir(), ".local", "state"), "agproxy", name);
}

/**
 * The error about a private file that this user cannot open.
 *
 * @example
 * if (!(thrown instanceof ClosedFile)) throw thrown;
 */
export class ClosedFile extends Error {
  override readonly name = "Error";
}

/** What a private file holds. */
export interface PrivateContent<Content> {
  /** What the file is, for errors: `key file`. */
  readonly what: string;
  /** The content of a file that is not there. */
  readonly empty: Content;
  /** Throws an error that says what is wrong, and repeats no secret. */
  read(text: string): Content;
  write(content: Content): string;
}

/**
 * A file with secrets that commands change while gateways read it. Only its owner can read it, and it is written whole or not
 * at all.
 *
 * @example
 * const notes = new PrivateFile<readonly string[]>(stateFile("notes.json"), {
 *   what: "list of notes",
 *   empty: [],
 *   read: (text) => JSON.parse(text),
 *   write: (all) => JSON.stringify(all),
 * });
 * await notes.change((all) => [...all, "one more"]);
 */
export class PrivateFile<Content> {
  readonly path: string;
  readonly #content: PrivateContent<Content>;

  constructor(path: string, content: PrivateContent<Content>) {
    this.path = path;
    this.#content = content;
  }

  /** Throws an error that names the file and says what is wrong: it is garbled, or others could have written into it. */
  read(): Content {
    let descriptor: number;
    try {
      descriptor = openSync(this.path, "r");
    } catch (thrown) {
      if (codeOf(thrown) === "ENOENT") return this.#content.empty;
      throw new ClosedFile(this.#unusable(thrown).message, { cause: thrown });
    }
    try {
      const fault = strangeness(fstatSync(descriptor, { bigint: true }));
      if (fault !== undefined) throw new Error(fault);
      return this.#content.read(readFileSync(descriptor, "utf8"));
    } catch (thrown) {
      throw this.#unusable(thrown);
    } finally {
      closeSync(descriptor);
    }
  }

  /** Differs as soon as the file is another one. Every write makes a new file, so the inode changes even within one tick. */
  version(): string {
    try {
      const { ino, mtimeNs, ctimeNs, size } = statSync(this.path, { bigint: true });
      return `${ino} ${mtimeNs} ${ctimeNs} ${size}`;
    } catch (thrown) {
      return codeOf(thrown) ?? String(thrown);
    }
  }

  /** One command at a time: others wait. Throws what `change` throws, and then leaves the file as it was. */
  async change(
    change: (content: Content) => Content,
    lockWaitMs = defaultLockWaitMs,
  ): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
    const unlock = await this.#lock(lockWaitMs);
    const draft = `${this.path}.${randomUUID()}`;
    try {
      const text = this.#content.write(change(this.read()));
      await writeFile(draft, text, { flag: "wx", mode: 0o600, flush: true });
      await rename(draft, this.path);
    } finally {
      await rm(draft, { force: true });
      await unlock();
    }
  }

  /** Makes a file that nobody else has made; resolves with what removes it. */
  async #lock(waitMs: number): Promise<() => Promise<void>> {
    const path = `${this.path}.lock`;
    const end = Date.now() + waitMs;
    for (;;) {
      try {
        await (await open(path, "wx", 0o600)).close();
        return () => rm(path, { force: true });
      } catch (thrown) {
        if (codeOf(thrown) !== "EEXIST") throw thrown;
        if (Date.now() > end) {
          throw new Error(
            `Another command has been changing the ${this.#content.what} for ${waitMs / 1000} seconds. If none runs, delete ${path} and try again.`,
            { cause: thrown },
          );
        }
      }
      await sleep(lockPollMs);
    }
  }

  #unusable(thrown: unknown): Error {
    const what = `The ${this.#content.what} ${this.path} cannot be used:`;
    // The parser's own error quotes the text, and causes go into the log.
    if (thrown instanceof SyntaxError) return new Error(`${what} it is no JSON.`);
    const why = codeOf(thrown) ?? (thrown instanceof Error ? thrown.message : String(thrown));
    return new Error(`${what} ${why}.`, { cause: thrown });
  }
}

/** Why a file is not to be trusted: whoever writes into it lets themselves in. */
function strangeness({ mode, uid, size }: BigIntStats): string | undefined {
  if (size > maxBytes) return "it is too large to be one";
  const user = process.getuid?.();
  if (user === undefined) return undefined;
  if (uid !== BigInt(user) && uid !== 0n) return "it belongs to another user";
  return (mode & 0o022n) === 0n ? undefined : "others may write into it: chmod 600";
}

function codeOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && "code" in thrown ? String(thrown.code) : undefined;
}

import { randomUUID } from "node:crypto";
import { closeSync, fstatSync, openSync, readFileSync, type BigIntStats } from "node:fs";
import { mkdir, open, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type KeyRecord, readKeyRecords, writeKeyRecords } from "./key-record.ts";

/** Far more than any list of keys: a larger file is some other file. */
const maxBytes = 16 * 1024 * 1024;

/** How long a command waits for another one that changes the file. */
const defaultLockWaitMs = 5000;
const lockPollMs = 20;

/**
 * Where keys are kept if the config says nothing: with the user's state, because the gateway changes what lies there and a
 * config is often read-only. Source: the XDG Base Directory Specification, section 3.
 */
export function defaultKeyFile(environment: NodeJS.ProcessEnv = process.env): string {
  const { XDG_STATE_HOME: state, LOCALAPPDATA: local } = environment;
  const ofWindows = process.platform === "win32" ? local : undefined;
  const folder = state || ofWindows || join(homedir(), ".local", "state");
  return join(folder, "agproxy", "keys.json");
}

/** The error about a key file that this user cannot open. */
export class ClosedFile extends Error {
  override readonly name = "Error";
}

/**
 * The keys of a file; none where there is no file. Throws an error that names the file and says what is wrong: it is
 * garbled, or others could have written into it.
 */
export function readKeyFile(path: string): readonly KeyRecord[] {
  let descriptor: number;
  try {
    descriptor = openSync(path, "r");
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return [];
    throw new ClosedFile(unreadable(path, thrown).message, { cause: thrown });
  }
  try {
    const fault = strangeness(fstatSync(descriptor, { bigint: true }));
    if (fault !== undefined) throw new Error(fault);
    return readKeyRecords(readFileSync(descriptor, "utf8"));
  } catch (thrown) {
    throw unreadable(path, thrown);
  } finally {
    closeSync(descriptor);
  }
}

/** Why a file is not to be trusted: whoever writes into it lets themselves in. */
function strangeness({ mode, uid, size }: BigIntStats): string | undefined {
  if (size > maxBytes) return "it is too large to be a list of keys";
  const user = process.getuid?.();
  if (user === undefined) return undefined;
  if (uid !== BigInt(user) && uid !== 0n) return "it belongs to another user";
  return (mode & 0o022n) === 0n ? undefined : "others may write into it: chmod 600";
}

function unreadable(path: string, thrown: unknown): Error {
  const what = `The key file ${path} cannot be used:`;
  // The parser's own error quotes the text, and causes go into the log.
  if (thrown instanceof SyntaxError) return new Error(`${what} it is no JSON.`);
  const why = codeOf(thrown) ?? (thrown instanceof Error ? thrown.message : String(thrown));
  return new Error(`${what} ${why}.`, { cause: thrown });
}

function codeOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && "code" in thrown ? String(thrown.code) : undefined;
}

/**
 * Changes the keys of a file; it is written whole or not at all, and only its owner can read it. One command at a time: others
 * wait. Throws what `change` throws.
 */
export async function changeKeyFile(
  path: string,
  change: (keys: readonly KeyRecord[]) => readonly KeyRecord[],
  lockWaitMs = defaultLockWaitMs,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const unlock = await lock(`${path}.lock`, lockWaitMs);
  const draft = `${path}.${randomUUID()}`;
  try {
    const text = writeKeyRecords(change(readKeyFile(path)));
    await writeFile(draft, text, { flag: "wx", mode: 0o600, flush: true });
    await rename(draft, path);
  } finally {
    await rm(draft, { force: true });
    await unlock();
  }
}

/** Makes a file that nobody else has made; resolves with what removes it. */
async function lock(path: string, waitMs: number): Promise<() => Promise<void>> {
  const end = Date.now() + waitMs;
  for (;;) {
    try {
      await (await open(path, "wx", 0o600)).close();
      return () => rm(path, { force: true });
    } catch (thrown) {
      if (codeOf(thrown) !== "EEXIST") throw thrown;
      if (Date.now() > end) {
        throw new Error(
          `Another command has been changing the keys for ${waitMs / 1000} seconds. If none runs, delete ${path} and try again.`,
          { cause: thrown },
        );
      }
    }
    await sleep(lockPollMs);
  }
}

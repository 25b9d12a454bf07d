import { AgproxyError, type Caller, ClosedFile, type Log, type PrivateFile } from "@agproxy/core";
import { keyFile } from "./key-file.ts";
import { endOf, type Grant, type KeyRecord } from "./key-record.ts";
import { callerIdOf, digestOf, isKeyText } from "./key-text.ts";

interface KnownKey {
  readonly caller: Caller;
  readonly record: KeyRecord;
}

/** Where keys are kept, and whether the config says so. */
export interface KeyPlace {
  readonly path: string;
  readonly isChosen: boolean;
}

/**
 * The keys of a file, as they are now: it is read anew when it has changed, so that a key that is revoked lets nobody in from
 * then on, in every process. A file that cannot be read is logged once, and the keys stay as they were.
 */
export class KnownKeys {
  readonly #file: PrivateFile<readonly KeyRecord[]>;
  readonly #log: Log;
  readonly #now: () => number;
  #byDigest: ReadonlyMap<string, KnownKey> = new Map();
  #byCaller: ReadonlyMap<string, KnownKey> = new Map();
  #version: string;

  /**
   * Throws where the file is there and cannot be used: at the start there is no good one to keep. One that is not
   * chosen by the config may lie where this user cannot look, such as a service with another's home.
   */
  constructor({ path, isChosen }: KeyPlace, log: Log, now: () => number) {
    this.#file = keyFile(path);
    this.#log = log;
    this.#now = now;
    this.#version = this.#file.version();
    try {
      this.#take(this.#file.read());
    } catch (thrown) {
      if (isChosen || !(thrown instanceof ClosedFile)) throw thrown;
      log.warn({ err: thrown }, "there are no keys but those of the config");
    }
  }

  /** How many keys let somebody in. */
  get size(): number {
    this.#refresh();
    const now = this.#now();
    return this.#byDigest
      .values()
      .filter(({ record }) => endOf(record, now) === undefined)
      .toArray().length;
  }

  /** All of them, those that have ended as well. */
  get records(): readonly KeyRecord[] {
    this.#refresh();
    return [...this.#byDigest.values()].map(({ record }) => record);
  }

  /** Whose key it is; an error for one that has expired or is revoked, and undefined for one that is unknown. */
  find(key: string): Caller | AgproxyError | undefined {
    if (!isKeyText(key)) return undefined;
    this.#refresh();
    const known = this.#byDigest.get(digestOf(key));
    return known === undefined ? undefined : (ended(known.record, this.#now()) ?? known.caller);
  }

  /** Whether a caller has a key of this file, as it was read last. */
  has({ id }: Caller): boolean {
    return this.#byCaller.has(id);
  }

  /** What a caller may use now, or the error about their key; undefined where it is not of this file. */
  grantOf({ id }: Caller): Grant | AgproxyError | undefined {
    // Callers of other keys cost no look at the file.
    const before = this.#byCaller.get(id);
    if (before === undefined) return undefined;
    this.#refresh();
    const known = this.#byCaller.get(id);
    const { record } = known ?? before;
    return known === undefined ? removed(record) : (ended(record, this.#now()) ?? record);
  }

  /** One `stat` per request with such a key. A watcher would be told late, and on some file systems never. */
  #refresh(): void {
    const version = this.#file.version();
    if (version === this.#version) return;
    this.#version = version;
    try {
      this.#take(this.#file.read());
      this.#log.info({ keys: this.#byDigest.size }, "the key file has changed");
    } catch (thrown) {
      this.#log.error({ err: thrown }, "the key file cannot be used; the keys stay as they were");
    }
  }

  #take(records: readonly KeyRecord[]): void {
    const known = records.map((record): [string, KnownKey] => {
      const caller = { id: callerIdOf(record.sha256), name: record.name };
      return [record.sha256, { caller, record }];
    });
    this.#byDigest = new Map(known);
    this.#byCaller = new Map(known.map(([, key]) => [key.caller.id, key]));
  }
}

function ended(record: KeyRecord, now: number): AgproxyError | undefined {
  const end = endOf(record, now);
  if (end === undefined) return undefined;
  const moment =
    end === "revoked" ? `was revoked on ${record.revoked}` : `expired on ${record.expires}`;
  return refusal(record, moment);
}

function removed(record: KeyRecord): AgproxyError {
  return refusal(record, "is no longer known here");
}

function refusal({ name }: KeyRecord, what: string): AgproxyError {
  return new AgproxyError(
    "invalid_api_key",
    `Incorrect API key provided: the key "${name}" ${what}.`,
    { advice: "Ask whoever runs this gateway for a new one: `agproxy keys add --name NAME`." },
  );
}

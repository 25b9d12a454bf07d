import { unwatchFile, watchFile } from "node:fs";
import { ClosedFile, type PrivateFile } from "../store/private-file.ts";
import { type AccountRecord, accountFile } from "./account-file.ts";
import type { AccountKind } from "./account-options.ts";
import type { AccountPool } from "./account-pool.ts";
import type { PluginAccounts } from "./plugin-accounts.ts";
import type { Log } from "./plugin.ts";
import type { Account } from "./stages.ts";

/** A polled `stat` is told of changes on every file system; a watch is not. In milliseconds. */
const lookEveryMs = 1000;

/** Who reads the file, and what is in the pool of it. */
interface Follower {
  readonly plugin: string;
  readonly pool: PluginAccounts;
  readonly accountOf: (options: unknown) => Account;
  /** By what the file says of each. */
  present: ReadonlyMap<string, Account>;
}

/**
 * The accounts of the accounts file in a gateway's pool. It is read anew when it has changed; where it cannot be used, or what
 * it says of one plugin's accounts, the log says so and these stay as they were.
 */
export class FiledAccounts {
  readonly #file: PrivateFile<readonly AccountRecord[]> | undefined;
  readonly #pool: AccountPool;
  readonly #log: Log;
  readonly #followers: Follower[] = [];
  readonly #look = (): void => this.#refresh();
  #version = "";

  /** Without a path there are none. */
  constructor(path: string | undefined, pool: AccountPool, log: Log) {
    this.#file = path === undefined ? undefined : accountFile(path);
    this.#pool = pool;
    this.#log = log;
  }

  /** Adds a plugin's accounts, now and whenever the file changes. Throws where the file is there and cannot be used. */
  follow<Options>(
    plugin: string,
    pool: PluginAccounts,
    kind: AccountKind<Options>,
    make: (options: Options) => Account,
  ): void {
    if (this.#file === undefined) return;
    const accountOf = (options: unknown) => make(kind.read(options));
    const follower = { plugin, pool, accountOf, present: new Map() };
    if (this.#followers.length === 0) {
      this.#version = this.#file.version();
      watchFile(this.#file.path, { interval: lookEveryMs, persistent: false }, this.#look);
    }
    this.#followers.push(follower);
    this.#take(follower, this.#firstRecords(this.#file));
  }

  close(): void {
    if (this.#file !== undefined) unwatchFile(this.#file.path, this.#look);
  }

  /** A service may run as a user who cannot look into another one's state folder. */
  #firstRecords(file: PrivateFile<readonly AccountRecord[]>): readonly AccountRecord[] {
    try {
      return file.read();
    } catch (thrown) {
      if (!(thrown instanceof ClosedFile)) throw thrown;
      this.#log.warn({ err: thrown }, "there are no accounts but those of the config");
      return [];
    }
  }

  #refresh(): void {
    const file = this.#file;
    if (file === undefined || file.version() === this.#version) return;
    this.#version = file.version();
    for (const follower of this.#followers) {
      try {
        this.#take(follower, file.read());
      } catch (thrown) {
        const { plugin } = follower;
        const text = "the accounts file cannot be used; the accounts stay as they were";
        this.#log.error({ err: thrown, plugin }, text);
      }
    }
  }

  /** Puts what the file says in the place of what it said. Who stays as they were are not touched. */
  #take(follower: Follower, records: readonly AccountRecord[]): void {
    const { plugin, pool, present } = follower;
    const wanted = new Map(
      records
        .filter(({ kind }) => kind === plugin)
        .map((record) => {
          const text = JSON.stringify(record);
          return [text, present.get(text) ?? this.#made(follower, record)] as const;
        }),
    );
    const gone = present
      .values()
      .filter((account) => !wanted.values().some((one) => one === account))
      .toArray();
    for (const { id } of gone) pool.remove(id);
    const come: Account[] = [];
    for (const [text, account] of wanted) {
      if (pool.all.includes(account)) continue;
      if (this.#pool.has(account.id)) {
        this.#log.warn({ plugin, account: account.label }, "this account is there already");
        wanted.delete(text);
        continue;
      }
      try {
        pool.add(account);
      } catch (thrown) {
        // All of them or none.
        for (const { id } of come) pool.remove(id);
        pool.add(...gone);
        throw thrown;
      }
      come.push(account);
    }
    follower.present = wanted;
    if (come.length + gone.length > 0) {
      const [added, removed] = [come, gone].map((accounts) => accounts.map(({ label }) => label));
      this.#log.info({ plugin, added, removed }, "accounts of the accounts file");
    }
    const standIns = this.#pool.all.filter(({ standIn }) => standIn === true);
    if (gone.length > 0 && standIns.length > 0) {
      const labels = standIns.map(({ label }) => label);
      this.#log.warn({ accounts: labels }, "the last account is gone, and stand-ins answer");
    }
  }

  #made({ accountOf }: Follower, { label, options }: AccountRecord): Account {
    try {
      return accountOf(options);
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      throw new Error(`The account "${label}" of ${this.#file?.path}: ${why}`, { cause: thrown });
    }
  }
}

import type { AccountPool } from "../hooks/account-pool.ts";
import type { ExposedValues } from "../hooks/exposed.ts";
import type { FiledAccounts } from "../hooks/filed-accounts.ts";
import { accountsOf } from "../hooks/plugin-accounts.ts";
import type { PluginContext, Session } from "../hooks/plugin.ts";
import type { ClientErrors, UnservedApi, Upgrade } from "../hooks/route.ts";
import type { Routes } from "./routes.ts";

/** What plugins mount. */
export interface Mounts {
  readonly pool: AccountPool;
  readonly filed: FiledAccounts;
  readonly routes: Routes;
  readonly exposed: ExposedValues;
  readonly sessions: Session[];
  readonly takers: Map<string, (upgrade: Upgrade) => void | Promise<void>>;
  readonly unserved: UnservedApi[];
  readonly clientErrors: ClientErrors[];
}

/** Nothing mounted yet. */
export function newMounts(
  given: Pick<Mounts, "pool" | "filed" | "routes" | "exposed" | "sessions">,
): Mounts {
  return { ...given, takers: new Map(), unserved: [], clientErrors: [] };
}

export type Mounting = Pick<
  PluginContext,
  | "accounts"
  | "chat"
  | "errorsOf"
  | "filedAccounts"
  | "expose"
  | "find"
  | "route"
  | "session"
  | "unserved"
  | "upgrade"
  | "use"
>;

/** How one plugin mounts things. Once `isSealed`, it throws: the banner and the paths are made. */
export function mountsFor(
  plugin: string,
  { pool, filed, routes, exposed, sessions, takers, unserved, clientErrors }: Mounts,
  isSealed: () => boolean,
): Mounting {
  const open = (what: string) => {
    if (!isSealed()) return;
    throw new Error(`Plugin "${plugin}" added ${what} after the start. Do it inside apply().`);
  };
  const accounts = accountsOf(plugin, pool);
  return {
    ...exposed.of(plugin),
    accounts(first = []) {
      accounts.add(...first);
      return accounts;
    },
    filedAccounts: (kind, make) => filed.follow(plugin, accounts, kind, make),
    chat(path, protocol) {
      open(path);
      routes.chat(plugin, path, protocol);
    },
    route(method, path, answer, options) {
      open(path);
      routes.add(plugin, { method, path }, answer, options);
    },
    session(find) {
      open("a session");
      sessions.push(find);
    },
    errorsOf(clients) {
      open("a shape of errors");
      clientErrors.push(clients);
    },
    unserved(api) {
      open(api.name);
      unserved.push(api);
    },
    upgrade(path, take) {
      open(path);
      if (takers.has(path)) throw new Error(`Two plugins take upgrades on ${path}. Remove one.`);
      takers.set(path, take);
    },
  };
}

import type { PluginContext } from "../hooks/plugin.ts";
import type { UnservedApi, Upgrade } from "../hooks/route.ts";
import type { Account } from "../hooks/stages.ts";
import { isObject } from "../kit/fields.ts";
import type { Routes } from "./routes.ts";

/** What plugins mount. */
export interface Mounts {
  readonly accounts: Account[];
  readonly routes: Routes;
  readonly takers: Map<string, (upgrade: Upgrade) => void | Promise<void>>;
  readonly unserved: UnservedApi[];
}

export type Mounting = Pick<PluginContext, "accounts" | "chat" | "route" | "unserved" | "upgrade">;

/** How one plugin mounts things. Once `isSealed`, it throws: the banner and the paths are made. */
export function mountsFor(
  plugin: string,
  { accounts, routes, takers, unserved }: Mounts,
  isSealed: () => boolean,
): Mounting {
  const open = (what: string) => {
    if (!isSealed()) return;
    throw new Error(`Plugin "${plugin}" added ${what} after the start. Do it inside apply().`);
  };
  return {
    accounts(more) {
      open("accounts");
      addAccounts(accounts, more, plugin);
    },
    chat(path, protocol) {
      open(path);
      routes.chat(plugin, path, protocol);
    },
    route(method, path, answer) {
      open(path);
      routes.add(plugin, method, path, answer);
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

function addAccounts(pool: Account[], more: readonly Account[], plugin: string): void {
  for (const account of more) {
    if (!isAccount(account)) {
      throw new Error(
        `Plugin "${plugin}" adds an account without \`id\`, \`label\` or \`upstream.send\`.`,
      );
    }
    if (pool.some(({ id }) => id === account.id)) {
      throw new Error(
        `Plugin "${plugin}" adds a second account with the id "${account.id}". Give each account a label of its own.`,
      );
    }
    pool.push(account);
  }
}

function isAccount(account: unknown): boolean {
  if (!isObject(account)) return false;
  const { id, label, upstream } = account;
  const isSender = typeof upstream === "object" && upstream !== null && "send" in upstream;
  return typeof id === "string" && typeof label === "string" && isSender;
}

import type { PluginCommandLine } from "@agproxy/core";
import type { AuthPlugin } from "../auth.ts";
import { keyFile } from "../key-file/key-file.ts";
import { endOf, type KeyRecord } from "../key-file/key-record.ts";
import { callerIdOf } from "../key-file/key-text.ts";
import { lastUse } from "../key-file/last-uses.ts";

/** Shows all keys, those that have ended as well, without any digest. */
export async function listKeys(
  { json, print, table }: PluginCommandLine,
  { keyFile: path }: AuthPlugin,
  now: number,
): Promise<number> {
  const keys = await Promise.all(
    keyFile(path)
      .read()
      .map(async ({ sha256, ...shown }) => ({
        ...shown,
        status: endOf({ sha256, ...shown }, now) ?? "active",
        lastUsed: (await lastUse(path, callerIdOf(sha256))) ?? null,
      })),
  );
  if (json) return print(`${JSON.stringify(keys, null, 2)}\n`);
  if (keys.length === 0)
    return print(`${path} has no key. Make one: agproxy keys add --name NAME\n`);
  const heads = ["name", "key", "status", "models", "limits", "created", "expires", "last used"];
  const rows = keys.map(({ name, prefix, status, models, limits, created, expires, lastUsed }) => [
    name,
    `${prefix}…`,
    status,
    models?.join(", ") ?? "all",
    limitsText(limits),
    day(created),
    day(expires),
    lastUsed === null ? "-" : `${lastUsed.slice(0, 13)}h`,
  ]);
  return print(`${table([heads, ...rows])}\n`);
}

function limitsText(limits: KeyRecord["limits"]): string {
  const texts = Object.entries(limits ?? {}).map(([name, amount]) => `${name} ${amount}`);
  return texts.length === 0 ? "none" : texts.join(", ");
}

function day(moment: string | undefined): string {
  return moment?.slice(0, 10) ?? "-";
}

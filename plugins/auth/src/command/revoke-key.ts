import { nearestName, type PluginCommandLine } from "@agproxy/core";
import type { AuthPlugin } from "../auth.ts";
import { keyFile } from "../key-file/key-file.ts";
import type { KeyRecord } from "../key-file/key-record.ts";
import { Misuse } from "./key-options.ts";

/** Ends a key. It stays in the file, so that whoever still uses it is told why it lets nobody in. */
export async function revokeKey(
  { json, print }: PluginCommandLine,
  { keyFile: path }: AuthPlugin,
  name: string | undefined,
  now: number,
): Promise<number> {
  if (name === undefined) throw new Misuse("Name the key: agproxy keys revoke NAME");
  const revoked = new Date(now).toISOString();
  await keyFile(path).change((keys) => {
    if (!keys.some((key) => isMeant(key, name))) throw unknown(keys, name);
    return keys.map((key) => (isMeant(key, name) ? { ...key, revoked } : key));
  });
  if (json) return print(`${JSON.stringify({ name, revoked }, null, 2)}\n`);
  return print(
    `"${name}" is revoked: it lets nobody in any more. What it has under way may finish.\n`,
  );
}

function isMeant(key: KeyRecord, name: string): boolean {
  return key.name === name && key.revoked === undefined;
}

function unknown(keys: readonly KeyRecord[], name: string): Error {
  if (keys.some((key) => key.name === name)) return new Error(`"${name}" is revoked already.`);
  const meant = nearestName(
    name,
    keys.map((key) => key.name),
  );
  const advice =
    meant === undefined
      ? "`agproxy keys list` shows all."
      : `Did you mean: agproxy keys revoke ${meant}`;
  return new Error(`There is no key named "${name}". ${advice}`);
}

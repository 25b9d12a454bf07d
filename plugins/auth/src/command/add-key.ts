import type { PluginCommandLine } from "@agproxy/core";
import type { AuthPlugin } from "../auth.ts";
import { keyFile } from "../key-file/key-file.ts";
import { endOf, type KeyRecord } from "../key-file/key-record.ts";
import { digestOf, newKey, shownPart } from "../key-file/key-text.ts";
import { Misuse, readKeyOptions } from "./key-options.ts";

/** Makes a key. It goes to standard output alone, so that a script can take it; the file gets its digest. */
export async function addKey(
  line: PluginCommandLine,
  plugin: AuthPlugin,
  now: number,
): Promise<number> {
  const key = newKey();
  const record: KeyRecord = {
    ...readKeyOptions(line.options, now),
    prefix: shownPart(key),
    sha256: digestOf(key),
    created: new Date(now).toISOString(),
  };
  await keyFile(plugin.keyFile).change((keys) => {
    if (keys.some((other) => other.name === record.name && endOf(other, now) === undefined)) {
      throw new Misuse(
        `There is a key named "${record.name}" already. Take another name, or end that one: agproxy keys revoke ${record.name}`,
      );
    }
    return [...keys, record];
  });
  const { sha256: _, ...shown } = record;
  line.print(line.json ? `${JSON.stringify({ key, ...shown }, null, 2)}\n` : `${key}\n`);
  line.warn(
    `This is the only time that the key is shown. ${plugin.keyFile} has its SHA-256.\nSend it as: Authorization: Bearer KEY\n`,
  );
  for (const warning of warnings(record, line, plugin)) line.warn(`! ${warning}\n`);
  return 0;
}

/** What would not work as it seems. */
function warnings(
  { limits = {}, models, expires }: KeyRecord,
  { server }: PluginCommandLine,
  plugin: AuthPlugin,
): readonly string[] {
  const isLimited = Object.keys(limits).length > 0 || models !== undefined || expires !== undefined;
  const hasBudget = limits.budgetPerDay !== undefined || limits.budgetPerMonth !== undefined;
  const counts = Object.keys(limits).length > 0;
  return [
    ...(isLimited && !plugin.asksForKeys(server)
      ? [
          'Nobody needs a key here, so whoever leaves it out has no limits. To ask for one: auth({ mode: "strict" })',
        ]
      : []),
    ...(hasBudget && !plugin.isPriced
      ? [
          "The config has no prices, so every request of this key is refused. Write: auth({ prices: { … } })",
        ]
      : []),
    ...(counts && server.store === "memory"
      ? [
          'What is used is counted in memory: a restart forgets it. To keep it: store: "agproxy.sqlite"',
        ]
      : []),
  ];
}

import { type Caller, type CallerKey, defined, type Store } from "@agproxy/core";
import { endOf, type KeyRecord } from "./key-file/key-record.ts";
import { callerIdOf, digestOf } from "./key-file/key-text.ts";
import { lastUse } from "./key-file/last-uses.ts";
import type { NamedKey } from "./key-list.ts";
import { countersOf, usedOf } from "./limits/counter.ts";
import type { Limits } from "./limits/limit-kinds.ts";

interface Sources {
  readonly ofConfig: readonly NamedKey[];
  /** The path of the key file, and what it has. */
  readonly path: string;
  readonly records: readonly KeyRecord[];
  readonly store: Store;
  readonly now: () => number;
}

/** The keys that people can be shown: names and limits, and nothing that lets anybody in. */
export async function shownCallers(sources: Sources): Promise<readonly CallerKey[]> {
  const { ofConfig, path, records, now } = sources;
  const configured = ofConfig.map(async ({ key, name, grant = {} }): Promise<CallerKey> => {
    const limits = await used({ id: callerIdOf(digestOf(key)), name }, grant.limits, sources);
    return { name, status: "active", limits, ...defined({ models: grant.models }) };
  });
  const filed = records.map(async (record): Promise<CallerKey> => {
    const { name, prefix, sha256, models, created, expires } = record;
    const id = callerIdOf(sha256);
    const [limits, lastUsed] = await Promise.all([
      used({ id, name }, record.limits, sources),
      lastUse(path, id),
    ]);
    const status = endOf(record, now()) ?? "active";
    return { name, prefix, status, limits, created, ...defined({ models, expires, lastUsed }) };
  });
  return Promise.all([...configured, ...filed]);
}

function used(caller: Caller, limits: Limits = {}, { store, now }: Sources) {
  return Promise.all(countersOf(caller, limits, now()).map((one) => usedOf(store, one)));
}

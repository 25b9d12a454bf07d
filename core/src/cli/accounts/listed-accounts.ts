import * as v from "valibot";
import { accountFile, type AccountRecord } from "../../hooks/account-file.ts";
import { defined } from "../../kit/fields.ts";
import { jsonLines, type Output, table } from "../print.ts";

/** What may be shown of an account. Everything else may be a secret. */
const shownOptions = v.object({
  disabled: v.fallback(v.optional(v.boolean()), undefined),
  models: v.fallback(v.optional(v.array(v.string())), undefined),
  exclude: v.fallback(v.optional(v.array(v.string())), undefined),
  prefix: v.fallback(v.optional(v.string()), undefined),
  quotaGroup: v.fallback(v.optional(v.string()), undefined),
  weight: v.fallback(v.optional(v.number()), undefined),
  priority: v.fallback(v.optional(v.number()), undefined),
  proxy: v.fallback(v.optional(v.string()), undefined),
});

/** Shows the accounts of the file, without any secret. */
export function listAccounts(path: string, { json, print }: Output): number {
  const accounts = accountFile(path).read().map(shown);
  if (json) return print(jsonLines(accounts));
  if (accounts.length === 0) {
    return print(`${path} has no account. Add one: agproxy accounts add KIND\n`);
  }
  const rows = accounts.map(({ label, kind, disabled = false, models, proxy, prefix }) => [
    label,
    kind,
    disabled ? "disabled" : "enabled",
    models?.join(", ") ?? "all",
    prefix ?? "-",
    proxy ?? "-",
  ]);
  return print(`${table([["label", "kind", "state", "models", "prefix", "proxy"], ...rows])}\n`);
}

/** An account without its secrets. Of a proxy only its host is told, as the rest may be credentials. */
export function shown({ label, kind, options }: AccountRecord) {
  const { proxy, ...rest } = v.parse(shownOptions, options);
  const host = proxy === undefined ? undefined : (URL.parse(proxy)?.host ?? "not a URL");
  return { label, kind, ...defined({ ...rest, proxy: host }) };
}

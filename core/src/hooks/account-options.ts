import * as v from "valibot";
import { defined } from "../kit/fields.ts";
import { unfitHeader } from "./account-headers.ts";
import type { Account } from "./stages.ts";

/** What users say of an account, whatever its vendor. */
export interface AccountOptions {
  /** What people see in headers and logs. */
  readonly label?: string | undefined;
  /** A word that is equal for accounts that share a quota. */
  readonly quotaGroup?: string | undefined;
  /** A proxy to reach the vendor through, as a URL: `http`, `https` or `socks5`. Nothing goes past it. */
  readonly proxy?: string | undefined;
  /** The models it serves; `*` stands for any characters. Default: all. */
  readonly models?: readonly string[] | undefined;
  /** Models it does not serve, out of `models`. */
  readonly exclude?: readonly string[] | undefined;
  /** A word by which clients can ask for it: with `work`, `work/NAME` goes to it and to no other. */
  readonly prefix?: string | undefined;
  /** How large its share is, with the strategy `weighted`. Default: 1. */
  readonly weight?: number | undefined;
  /** With the strategy `weighted`, accounts of a higher one are taken first. Default: 0. */
  readonly priority?: number | undefined;
  /** Headers to send with every request to the vendor. Every plugin sees them. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Takes it out: it is shown, and asked for nothing. Default: false. */
  readonly disabled?: boolean | undefined;
  /** Whether it is there only until there is another account. Default: false. */
  readonly standIn?: boolean | undefined;
}

const noProxy = "must be a URL that starts with http(s):// or socks5://";
const word = v.optional(v.pipe(v.string(), v.minLength(1, "must not be empty")));
const names = v.optional(v.array(v.pipe(v.string(), v.minLength(1, "must not be empty"))));

/**
 * `AccountOptions` as valibot's entries, for the schema of a plugin's own accounts.
 *
 * @example
 * const account = v.strictObject({ key: v.string(), ...accountEntries });
 */
export const accountEntries = {
  label: word,
  quotaGroup: word,
  proxy: v.optional(
    v.pipe(v.string(), v.url(noProxy), v.regex(/^(?:https?|socks5h?):\/\/./i, noProxy)),
  ),
  models: names,
  exclude: names,
  prefix: v.optional(
    v.pipe(v.string(), v.regex(/^[^/\s]+$/, "must be a word without blanks and slashes")),
  ),
  weight: v.optional(v.pipe(v.number(), v.gtValue(0, "must be more than 0"))),
  priority: v.optional(v.number()),
  headers: v.optional(
    v.pipe(
      v.record(v.string(), v.string()),
      v.check(
        (headers) => unfitHeader(headers) === undefined,
        "must be headers that HTTP can carry, without those of the connection such as host",
      ),
    ),
  ),
  disabled: v.optional(v.boolean()),
  standIn: v.optional(v.boolean()),
};

/**
 * An account of these options. What they do not say, it does not have.
 *
 * @example
 * const account = accountOf({ prefix: "work" }, { id: "mine-1", label: "mine 1", upstream });
 */
export function accountOf(
  options: AccountOptions,
  { id, label, upstream }: Pick<Account, "id" | "label" | "upstream">,
): Account {
  const { quotaGroup, proxy, models, exclude, prefix, weight, priority, headers } = options;
  const { disabled, standIn } = options;
  return {
    id,
    label: options.label ?? label,
    upstream,
    ...defined({ quotaGroup, proxy, models, exclude, prefix, weight, priority, headers }),
    ...defined({ disabled, standIn }),
  };
}

/**
 * The headers of a call for an account: those that it has of its own, and over them those of the call.
 *
 * @example
 * await http.send({ method: "POST", url, headers: accountHeaders(account, { authorization }), body, signal });
 */
export function accountHeaders(
  { headers }: Account,
  call: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  if (headers === undefined) return call;
  const merged: Record<string, string> = {};
  // Under one spelling, or both would be sent.
  for (const each of [headers, call]) {
    for (const [name, value] of Object.entries(each)) merged[name.toLowerCase()] = value;
  }
  return merged;
}

/**
 * The account's proxy, as a call for it names it.
 *
 * @example
 * await http.send({ method: "GET", url, ...proxyOf(account), signal });
 */
export function proxyOf({ proxy }: Account): { readonly proxy?: string } {
  return proxy === undefined ? {} : { proxy };
}

/**
 * What accounts of one plugin are made of, as the accounts file has them.
 *
 * @example
 * const schema = v.strictObject({ key: v.string(), ...accountEntries });
 * const kind: AccountKind<v.InferOutput<typeof schema>> = {
 *   secrets: ["key"],
 *   read: (options) => readOptions("my-vendor", schema, options, '{ "key": "…" }'),
 * };
 */
export interface AccountKind<Options = unknown> {
  /** The options that hold secrets. `agproxy accounts add` reads the first one where a line is no JSON. */
  readonly secrets: readonly string[];
  /** Checks the options of one account. Throws an error that names the option and never its value. */
  read(options: unknown): Options;
}

import * as v from "valibot";
import { accountEntries, readOptions } from "@agproxy/core";
import type { SandboxAccount } from "./server/accounts.ts";
import { failures } from "./server/failure.ts";

export interface SandboxOptions {
  /** How many accounts, or what each is like. Default: 3. */
  readonly accounts?: number | readonly SandboxAccount[] | undefined;
  /** Milliseconds between two words of a streamed answer. */
  readonly paceMs?: number | undefined;
  /** The retryDelay of a 429. Default: `30s`. */
  readonly retryDelay?: string | undefined;
  /** Whether it leaves for good as soon as there is another account. Default: false. */
  readonly standIn?: boolean | undefined;
  /** How many requests to keep for tests. */
  readonly record?: number | undefined;
}

const text = v.optional(v.pipe(v.string(), v.minLength(1)));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const failure = v.picklist(failures);
const { proxy: _proxy, standIn: _standIn, disabled: _disabled, ...entries } = accountEntries;
const account = v.strictObject({
  ...entries,
  key: text,
  fail: v.optional(v.lazy((given) => (Array.isArray(given) ? v.array(failure) : failure))),
  times: v.optional(count),
});
const schema = v.strictObject({
  accounts: v.optional(v.lazy((given) => (typeof given === "number" ? count : v.array(account)))),
  paceMs: v.optional(v.pipe(v.number(), v.minValue(0))),
  retryDelay: text,
  standIn: v.optional(v.boolean()),
  record: v.optional(count),
});

/** The options as they were given; the plugin and a server for tests have defaults of their own. */
export function readSandboxOptions(options: SandboxOptions): SandboxOptions {
  return readOptions("sandbox", schema, options, "sandbox({ accounts: 2, paceMs: 0 })");
}

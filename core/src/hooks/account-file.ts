import * as v from "valibot";
import type { JsonObject } from "../vocabulary/chat.ts";
import { PrivateFile } from "../store/private-file.ts";

/** An account as the accounts file has it. */
export interface AccountRecord {
  /** The name of the plugin that it is for. */
  readonly kind: string;
  /** Its name, for people and commands: unique in the file. */
  readonly label: string;
  /** What the plugin reads: the secret, and options such as `models`. */
  readonly options: JsonObject;
}

const word = v.pipe(v.string(), v.nonEmpty());
const accountList = v.strictObject({
  version: v.literal(1),
  accounts: v.array(v.looseObject({ kind: word, label: word })),
});

/**
 * The accounts file, which `agproxy accounts` changes.
 *
 * @example
 * const labels = accountFile("/var/lib/agproxy/accounts.json").read().map(({ label }) => label);
 */
export function accountFile(path: string): PrivateFile<readonly AccountRecord[]> {
  return new PrivateFile(path, { what: "accounts file", empty: [], read, write });
}

/** An account to be added. */
export interface NewAccount {
  readonly kind: string;
  /** Default: its kind with a number. */
  readonly label?: string;
  readonly options: JsonObject;
}

/**
 * Adds accounts to the accounts file, all or none. `secret` names the option by which accounts are told apart: throws where one
 * is there already, and where a label is taken. Resolves with what was added.
 *
 * @example
 * const accounts = [{ kind: "my-vendor", options: { key: secret } }];
 * await addToAccountFile("/var/lib/agproxy/accounts.json", accounts, "key");
 */
export async function addToAccountFile(
  path: string,
  accounts: readonly NewAccount[],
  secret: string,
): Promise<readonly AccountRecord[]> {
  let added: readonly AccountRecord[] = [];
  await accountFile(path).change((before) => {
    const all = [...before];
    for (const { kind, label, options } of accounts) {
      const same = all.find(
        (one) => one.kind === kind && options[secret] && one.options[secret] === options[secret],
      );
      if (same !== undefined) throw new Error(`This account is there already, as "${same.label}".`);
      const name = label ?? freeLabel(kind, all);
      if (all.some((one) => one.label === name)) {
        throw new Error(`There is an account "${name}" already. Take another label.`);
      }
      all.push({ kind, label: name, options: { ...options, label: name } });
    }
    added = all.slice(before.length);
    return all;
  });
  return added;
}

/**
 * An account of the file, taken out or back in.
 *
 * @example
 * await accountFile(stateFile("accounts.json")).change((all) => all.map((one) => (one.label === "work" ? withDisabled(one, true) : one)));
 */
export function withDisabled(account: AccountRecord, disabled: boolean): AccountRecord {
  const { disabled: _, ...options } = account.options;
  return { ...account, options: disabled ? { ...options, disabled } : options };
}

function freeLabel(kind: string, accounts: readonly AccountRecord[]): string {
  const taken = new Set(accounts.map(({ label }) => label));
  let number = 1;
  while (taken.has(`${kind} ${number}`)) number += 1;
  return `${kind} ${number}`;
}

function read(text: string): readonly AccountRecord[] {
  const result = v.safeParse(accountList, JSON.parse(text));
  if (!result.success) {
    const [issue] = result.issues;
    throw new Error(`${v.getDotPath(issue) ?? "its content"} is not as agproxy writes it`);
  }
  const labels = new Set<string>();
  return result.output.accounts.map(({ kind, ...options }) => {
    const { label } = options;
    if (labels.has(label)) throw new Error(`two accounts have the label "${label}"`);
    labels.add(label);
    return { kind, label, options };
  });
}

function write(accounts: readonly AccountRecord[]): string {
  const listed = accounts.map(({ kind, label, options }) => ({ kind, ...options, label }));
  return `${JSON.stringify({ version: 1, accounts: listed }, null, 2)}\n`;
}

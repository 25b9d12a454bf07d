import type { AccountRecord } from "../../hooks/account-file.ts";
import { nearestName } from "../../kit/options.ts";
import { CommandLineError } from "../command-line.ts";

/** The accounts of the file that labels name. Throws where one names none, and where there is no label. */
export function meantAccounts(
  accounts: readonly AccountRecord[],
  labels: readonly string[],
  verb: string,
): ReadonlySet<AccountRecord> {
  if (labels.length === 0) {
    throw new CommandLineError(`Name an account by its label: agproxy accounts ${verb} LABEL`);
  }
  const meant = labels.map((label) => {
    const account = accounts.find((one) => one.label === label);
    if (account !== undefined) return account;
    const near = nearestName(
      label,
      accounts.map((one) => one.label),
    );
    const advice =
      near === undefined
        ? "`agproxy accounts list` shows them; those of the config are changed there."
        : `Did you mean: agproxy accounts ${verb} ${JSON.stringify(near)}`;
    throw new Error(`The accounts file has no account "${label}". ${advice}`);
  });
  return new Set(meant);
}

/** One Google account, with an OAuth client of the user's own. */
export interface CloudCodeAccount {
  readonly refreshToken: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** What people see in headers and logs; `cloud-code account 1` where absent. */
  readonly label?: string;
  /** The Cloud project; asked of the upstream where absent. */
  readonly project?: string;
  /** A word that is equal for accounts that share a quota. */
  readonly quotaGroup?: string;
  /** A proxy to reach Google through, as a URL. */
  readonly proxy?: string;
}

export interface CloudCodeOptions {
  readonly accounts: readonly CloudCodeAccount[];
  /** Must be `true`: Google suspends accounts that are used like this. */
  readonly iUnderstandTheRisk: boolean;
  readonly baseUrl?: string;
  /** Where refresh tokens are exchanged; Google's own address where absent. */
  readonly tokenUrl?: string;
}

export interface ReadOptions {
  readonly accounts: readonly CloudCodeAccount[];
  readonly baseUrl: string;
  readonly tokenUrl: string;
}

/** What the user must know before this plugin starts, and reads again in the log when it does. */
export const warning =
  "Google suspends accounts whose consumer OAuth is used through third-party tools such as this one. " +
  "API keys (plugin gemini) carry no such risk.";

const example =
  'cloudCode({ accounts: [{ refreshToken: "…", clientId: "…", clientSecret: "…" }], iUnderstandTheRisk: true })';

/** The options with their defaults. Throws an error that names the option and how to write it. */
export function readOptions(options: CloudCodeOptions): ReadOptions {
  const understood: unknown = options.iUnderstandTheRisk;
  if (understood !== true) {
    throw new Error(`cloud-code: ${warning} To use it all the same, set iUnderstandTheRisk: true.`);
  }
  const { accounts, baseUrl, tokenUrl } = options;
  if (!Array.isArray(accounts) || accounts.length === 0) {
    throw complaint("accounts", "must have at least one account");
  }
  accounts.forEach(checkAccount);
  return {
    accounts,
    baseUrl: webUrl("baseUrl", baseUrl ?? "https://cloudcode-pa.googleapis.com"),
    tokenUrl: webUrl("tokenUrl", tokenUrl ?? "https://oauth2.googleapis.com/token"),
  };
}

function checkAccount(account: CloudCodeAccount, index: number): void {
  for (const name of ["refreshToken", "clientId", "clientSecret"] as const) {
    if (typeof account[name] !== "string" || account[name].trim() === "") {
      throw complaint(`accounts.${index}.${name}`, "must be given");
    }
  }
  for (const name of ["label", "project", "quotaGroup"] as const) {
    const value: unknown = account[name];
    if (value !== undefined && (typeof value !== "string" || value === "")) {
      throw complaint(`accounts.${index}.${name}`, "must be a word");
    }
  }
  if (account.proxy !== undefined) webUrl(`accounts.${index}.proxy`, account.proxy);
}

function webUrl(option: string, value: string): string {
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) {
    throw complaint(option, "must be a URL that starts with http(s)://");
  }
  return value.replace(/\/+$/, "");
}

function complaint(option: string, rule: string): Error {
  return new Error(`cloud-code: ${option}: ${rule}. Write it like this: ${example}`);
}

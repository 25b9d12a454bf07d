import * as v from "valibot";
import {
  accountEntries,
  accountListShape,
  type AccountKind,
  type AccountOptions,
  isObject,
  readOptions,
  webAddressShape,
} from "@agproxy/core";

/** One Google account, with an OAuth client of the user's own. */
export interface CloudCodeAccount extends AccountOptions {
  readonly refreshToken: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** The Cloud project; asked of the upstream where absent. */
  readonly project?: string | undefined;
}

export interface CloudCodeOptions {
  /** Beside those of the accounts file. */
  readonly accounts?: readonly CloudCodeAccount[] | undefined;
  /** Must be `true`: Google suspends accounts that are used like this. */
  readonly iUnderstandTheRisk: boolean;
  readonly baseUrl?: string | undefined;
  /** Where refresh tokens are exchanged; Google's own address where absent. */
  readonly tokenUrl?: string | undefined;
}

/** What the user must know before this plugin starts, and reads again in the log when it does. */
export const warning =
  "Google suspends accounts whose consumer OAuth is used through third-party tools such as this one. " +
  "API keys (plugin gemini) carry no such risk.";

const example =
  'cloudCode({ accounts: [{ refreshToken: "…", clientId: "…", clientSecret: "…" }], iUnderstandTheRisk: true })';

const word = v.pipe(v.string(), v.minLength(1));
const secret = v.pipe(v.string(), v.regex(/\S/, "must not be empty"));
const account = v.strictObject({
  refreshToken: secret,
  clientId: secret,
  clientSecret: secret,
  project: v.optional(word),
  ...accountEntries,
});
/** Accounts of the accounts file. */
export const accountKind: AccountKind<CloudCodeAccount> = {
  secrets: ["refreshToken", "clientSecret"],
  read: (options) =>
    readOptions(
      "cloud-code",
      account,
      options,
      '{ "refreshToken": "…", "clientId": "…", "clientSecret": "…", "label": "work" }',
    ),
};

const schema = v.strictObject({
  accounts: v.optional(accountListShape(account)),
  iUnderstandTheRisk: v.literal(true),
  baseUrl: v.optional(webAddressShape, "https://cloudcode-pa.googleapis.com"),
  tokenUrl: v.optional(webAddressShape, "https://oauth2.googleapis.com/token"),
});

/** The options with their defaults. The risk comes first: without it, no other option matters. */
export function readCloudCodeOptions(options: CloudCodeOptions): v.InferOutput<typeof schema> {
  if (isObject(options) && !options.iUnderstandTheRisk) {
    throw new Error(`cloud-code: ${warning} To use it all the same, set iUnderstandTheRisk: true.`);
  }
  return readOptions("cloud-code", schema, options, example);
}

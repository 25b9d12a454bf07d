import * as v from "valibot";
import {
  accountEntries,
  accountListShape,
  type AccountKind,
  type AccountOptions,
  isObject,
  keyShape,
  parsedJson,
  pluginNameShape,
  readOptions,
  webAddressShape,
  wrongOption,
} from "@agproxy/core";

/**
 * One account of Vertex AI: a service account, an API key (express mode), or, where neither is given, Google's Application
 * Default Credentials.
 */
export interface VertexAccount extends AccountOptions {
  /** The path of a service account's JSON file. */
  readonly serviceAccountFile?: string | undefined;
  /** The content of such a file instead: JSON text, as in an environment variable, or the object. */
  readonly serviceAccount?: string | Readonly<Record<string, unknown>> | undefined;
  /** An API key of express mode. */
  readonly key?: string | undefined;
  /** The Cloud project; that of the credentials where absent. */
  readonly project?: string | undefined;
  /** Where models run: `global`, a region such as `europe-west4`, or `eu` or `us`. Default: `global`. */
  readonly location?: string | undefined;
  /** Labels that go with each request, for the bill. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

export interface VertexOptions {
  /** Beside those of the accounts file. */
  readonly accounts?: readonly VertexAccount[] | undefined;
  /** Another name, where the plugin is used twice. */
  readonly name?: string | undefined;
  /** Where Vertex AI is, for private endpoints; Google's address for the account's location where absent. */
  readonly baseUrl?: string | undefined;
  /** Where access tokens are asked for; Google's own address where absent. */
  readonly tokenUrl?: string | undefined;
}

const example =
  'vertex({ accounts: [{ serviceAccountFile: "service-account.json", location: "europe-west4" }] })';

const word = v.pipe(v.string(), v.regex(/\S/, "must not be empty"));
const place = v.pipe(v.string(), v.regex(/^[a-z0-9-]+$/, "must be a region, such as europe-west4"));
const projectId = v.pipe(v.string(), v.regex(/^[a-z0-9.:-]+$/, "must be a project's id"));
const account = v.strictObject({
  ...accountEntries,
  serviceAccountFile: v.optional(word),
  serviceAccount: v.optional(v.union([v.string(), v.record(v.string(), v.unknown())])),
  key: v.optional(keyShape),
  project: v.optional(projectId),
  location: v.optional(place, "global"),
  labels: v.optional(v.record(v.string(), v.string())),
});
const schema = v.strictObject({
  accounts: v.optional(accountListShape(account)),
  name: v.optional(pluginNameShape, "vertex"),
  baseUrl: v.optional(webAddressShape),
  tokenUrl: v.optional(webAddressShape),
});

/** A service account: what of its file is used. */
export interface RobotAccount {
  readonly email: string;
  readonly privateKey: string;
  readonly project: string | undefined;
}

/** How an account proves who it is. */
type Credentials =
  | { readonly by: "key"; readonly key: string }
  | { readonly by: "service account"; readonly account: RobotAccount }
  | { readonly by: "file"; readonly path: string }
  | { readonly by: "environment" };

export interface CheckedAccount extends AccountOptions {
  readonly credentials: Credentials;
  readonly project: string | undefined;
  readonly location: string;
  readonly labels: Readonly<Record<string, string>> | undefined;
}

interface CheckedOptions {
  readonly name: string;
  readonly baseUrl: string | undefined;
  readonly tokenUrl: string | undefined;
  readonly accounts: readonly CheckedAccount[];
}

/** The options with their defaults, and how each account proves who it is. */
export function readVertexOptions(options: VertexOptions): CheckedOptions {
  const {
    accounts = [],
    name,
    baseUrl,
    tokenUrl,
  } = readOptions("vertex", schema, options, example);
  return {
    name,
    baseUrl,
    tokenUrl,
    accounts: accounts.map((each, index) => checked(each, `accounts.${index}`)),
  };
}

/** Accounts of the accounts file. */
export const accountKind: AccountKind<CheckedAccount> = {
  secrets: ["key", "serviceAccount"],
  read: (options) =>
    checked(
      readOptions(
        "vertex",
        account,
        options,
        '{ "serviceAccountFile": "/robot.json", "label": "work" }',
      ),
      "account",
    ),
};

function checked(
  { serviceAccountFile, serviceAccount, key: apiKey, ...rest }: v.InferOutput<typeof account>,
  at: string,
): CheckedAccount {
  const given = [serviceAccountFile, serviceAccount, apiKey].filter((one) => one !== undefined);
  if (given.length > 1) {
    const fault = "must have one of `serviceAccountFile`, `serviceAccount` and `key`";
    throw wrongOption("vertex", at, fault, example);
  }
  const shared = { ...rest, project: rest.project, labels: rest.labels };
  if (apiKey !== undefined) return { ...shared, credentials: { by: "key", key: apiKey } };
  if (serviceAccountFile !== undefined) {
    return { ...shared, credentials: { by: "file", path: serviceAccountFile } };
  }
  if (serviceAccount === undefined) {
    if (rest.proxy === undefined) return { ...shared, credentials: { by: "environment" } };
    const fault =
      "needs `serviceAccountFile`, `serviceAccount` or `key`: tokens of the Application Default Credentials may go another way";
    throw wrongOption("vertex", `${at}.proxy`, fault, example);
  }
  const content = typeof serviceAccount === "string" ? parsedJson(serviceAccount) : serviceAccount;
  const own = robotAccountOf(content);
  if (own !== undefined) return { ...shared, credentials: { by: "service account", account: own } };
  const fault = "must be the content of a service account's JSON file";
  throw wrongOption("vertex", `${at}.serviceAccount`, fault, example);
}

/** The account that a service account's file names; undefined where it is none. */
export function robotAccountOf(content: unknown): RobotAccount | undefined {
  if (!isObject(content)) return undefined;
  const { client_email: email, private_key: privateKey, project_id: project } = content;
  if (typeof email !== "string" || typeof privateKey !== "string") return undefined;
  return { email, privateKey, project: typeof project === "string" ? project : undefined };
}

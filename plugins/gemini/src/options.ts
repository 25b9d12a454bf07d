import * as v from "valibot";

/** One key of the Gemini API. */
export interface GeminiAccount {
  readonly key: string;
  /** What people see in headers and logs; `gemini key 1` where absent. */
  readonly label?: string | undefined;
  /** A word that is equal for keys of one Google project: they share its quota. */
  readonly quotaGroup?: string | undefined;
  /** A proxy to reach Google through, as a URL. */
  readonly proxy?: string | undefined;
}

interface SharedOptions {
  /** Where the API is; Google's own address where absent. */
  readonly baseUrl?: string | undefined;
  /** Another name, where the plugin is used twice. */
  readonly name?: string | undefined;
}

export type GeminiOptions = SharedOptions &
  (
    | { readonly accounts: readonly GeminiAccount[] }
    /** Keys separated by commas, such as an environment variable has them. */
    | { readonly keys: string }
  );

export interface ReadOptions {
  readonly name: string;
  readonly baseUrl: string;
  readonly accounts: readonly GeminiAccount[];
}

const example = "gemini({ accounts: [{ key: process.env.GEMINI_API_KEY }] })";
// A key becomes a header; what no header can hold is a mistake in pasting.
const key = v.pipe(
  v.string("must be a key"),
  v.regex(/^[\x21-\x7e]+$/, "must be a key without blanks"),
);
const word = v.string("must be a text");
const text = v.optional(v.pipe(word, v.minLength(1, "must not be empty")));
const notWeb = "must be a URL that starts with http(s)://";
const webUrl = v.pipe(v.string(notWeb), v.url(notWeb), v.regex(/^https?:/i, notWeb));
const account = v.strictObject(
  { key, label: text, quotaGroup: text, proxy: v.optional(webUrl) },
  misfit,
);
const accountList = v.pipe(
  v.array(account, "must be a list of accounts"),
  v.minLength(1, "must have at least one account"),
);
const schema = v.strictObject(
  {
    accounts: v.optional(accountList),
    keys: v.optional(v.string("must be keys separated by commas")),
    baseUrl: v.optional(webUrl),
    name: v.optional(v.pipe(word, v.regex(/^[a-z][a-z0-9-]*$/, "must be a kebab-case word"))),
  },
  misfit,
);

/** valibot's own words repeat what was given, which may be a key. */
function misfit({ expected }: { readonly expected: string | null }): string {
  if (expected === "never") return "there is no such option";
  return expected === "Object" ? "must be an object" : "is missing";
}

/** The options with their defaults. Throws an error that names the option and how to write it. */
export function readOptions(options: GeminiOptions): ReadOptions {
  const read = v.safeParse(schema, options);
  if (!read.success) throw complaint(v.getDotPath(read.issues[0]), read.issues[0].message);
  const { accounts, keys, baseUrl, name = "gemini" } = read.output;
  if ((accounts === undefined) === (keys === undefined)) {
    throw complaint("accounts", "must be given, or keys instead of it");
  }
  const pasted = (keys ?? "").split(",").map((part) => part.trim());
  const given = accounts ?? [...new Set(pasted)].filter(Boolean).map((each) => ({ key: each }));
  const bad = given.findIndex((each) => !v.is(key, each.key));
  if (given.length === 0) throw complaint("keys", "must hold at least one key");
  if (bad !== -1) throw complaint("keys", "must be keys without blanks");
  return {
    name,
    accounts: given,
    // People paste the URL of the API with its version; the version is ours to add.
    baseUrl: (baseUrl ?? "https://generativelanguage.googleapis.com")
      .replace(/\/+$/, "")
      .replace(/\/v1(beta)?$/, ""),
  };
}

function complaint(path: string | null, message: string): Error {
  return new Error(`gemini: ${path ?? "options"}: ${message}. Write it like this: ${example}`);
}

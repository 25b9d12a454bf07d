import { z } from "zod";

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
const key = z.string().regex(/^[\x21-\x7e]+$/, "must be a key without blanks");
const text = z.string().min(1, "must not be empty").optional();
const webUrl = z.url({ protocol: /^https?$/, error: "must be a URL that starts with http(s)://" });
const account = z.strictObject({ key, label: text, quotaGroup: text, proxy: webUrl.optional() });
const schema = z
  .strictObject({
    accounts: z.array(account).min(1, "must have at least one account").optional(),
    keys: z.string("must be keys separated by commas").optional(),
    baseUrl: webUrl.optional(),
    name: z
      .string()
      .regex(/^[a-z][a-z0-9-]*$/, "must be a kebab-case word")
      .optional(),
  })
  .refine((options) => (options.accounts === undefined) !== (options.keys === undefined), {
    path: ["accounts"],
    message: "must be given, or keys instead of it",
  });

/** The options with their defaults. Throws an error that names the option and how to write it. */
export function readOptions(options: GeminiOptions): ReadOptions {
  const read = schema.safeParse(options);
  if (!read.success) throw complaint(read.error.issues[0]);
  const { accounts, keys = "", baseUrl, name = "gemini" } = read.data;
  const pasted = keys.split(",").map((part) => part.trim());
  const given = accounts ?? [...new Set(pasted)].filter(Boolean).map((each) => ({ key: each }));
  const bad = given.findIndex((each) => !key.safeParse(each.key).success);
  if (given.length === 0)
    throw complaint({ path: ["keys"], message: "must hold at least one key" });
  if (bad !== -1) throw complaint({ path: ["keys"], message: "must be keys without blanks" });
  return {
    name,
    accounts: given,
    // People paste the URL of the API with its version; the version is ours to add.
    baseUrl: (baseUrl ?? "https://generativelanguage.googleapis.com")
      .replace(/\/+$/, "")
      .replace(/\/v1(beta)?$/, ""),
  };
}

function complaint(issue?: { path: readonly PropertyKey[]; message: string }): Error {
  const path = issue?.path.map(String).join(".") || "options";
  return new Error(
    `gemini: ${path}: ${issue?.message ?? "is wrong"}. Write it like this: ${example}`,
  );
}

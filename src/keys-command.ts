import type { Distribution } from "@agproxy/core/cli";

type PluginCommand = NonNullable<Distribution["commands"]>[string];

const amount = (value: string, text: string) => ({ type: "string", value, text }) as const;

/** What a new key is. */
const options = {
  name: amount("NAME", "of the new key, as the log and `keys list` show it"),
  models: amount("LIST", 'models that it may use, such as "gemini-*,gpt-4o" (default: all)'),
  expires: amount("WHEN", "12h, 30d, 4w or a date (default: never)"),
  rpm: amount("N", "requests per minute"),
  rpd: amount("N", "requests per day"),
  tpm: amount("N", "tokens per minute"),
  tpd: amount("N", "tokens per day"),
  "tokens-per-month": amount("N", "tokens per month"),
  "budget-per-day": amount("AMOUNT", "money per day, by the prices of the config"),
  "budget-per-month": amount("AMOUNT", "money per month"),
};

/** `agproxy keys`, which the auth plugin runs. */
export const keysCommand: PluginCommand = {
  summary: "make, list and revoke keys of callers, while agproxy runs",
  argument: "add | list | revoke NAME",
  choices: ["add", "list", "revoke"],
  options,
  needs: Object.fromEntries(Object.keys(options).map((name) => [name, "add"])),
  load: async () => (await import("@agproxy/plugin-auth")).runKeys,
};

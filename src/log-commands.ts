import type { Distribution } from "@agproxy/core/cli";

type PluginCommand = NonNullable<Distribution["commands"]>[string];

const word = (value: string, text: string) => ({ type: "string", value, text }) as const;

/** Which exchanges are meant. */
const filters = {
  model: word("NAME", "of the model, asked for or answering"),
  account: word("LABEL", 'of the account; "*" stands for any characters in names'),
  caller: word("NAME", "of the caller"),
  outcome: {
    type: "string",
    value: "OUTCOME",
    choices: ["ok", "failed", "aborted"],
    text: "ok, failed, or aborted where the client left",
  },
  since: word("WHEN", "90m, 12h, 7d, or a date"),
} as const;

/** `agproxy logs`, which the request-log plugin runs. */
export const logsCommand: PluginCommand = {
  summary: "show requests of now and before, or one with all its attempts",
  argument: "[ID]",
  options: {
    follow: { type: "boolean", short: "f", text: "go on with those that come" },
    lines: word("N", "so many of the latest (default: 50)"),
    ...filters,
  },
  load: async () => (await import("@agproxy/plugin-request-log")).runLogs,
};

/** `agproxy stats`, which the same plugin runs. */
export const statsCommand: PluginCommand = {
  summary: "count requests, tokens and costs by day, model, account or caller",
  argument: "[--by day | model | account | caller]",
  options: {
    by: {
      type: "string",
      value: "WHAT",
      choices: ["day", "model", "account", "caller"],
      text: "day, model, account or caller (default: day)",
    },
    ...filters,
  },
  load: async () => (await import("@agproxy/plugin-request-log")).runStats,
};

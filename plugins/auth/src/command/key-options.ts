import { defined, type PluginCommandLine } from "@agproxy/core";
import type { KeyRecord } from "../key-file/key-record.ts";
import type { LimitName } from "../limits/limit-kinds.ts";

/** A command line that is not understood. Its message says what would be. */
export class Misuse extends Error {}

type Options = PluginCommandLine["options"];

const limitOptions: Readonly<Record<string, LimitName>> = {
  rpm: "rpm",
  rpd: "rpd",
  tpm: "tpm",
  tpd: "tpd",
  "tokens-per-month": "tokensPerMonth",
  "budget-per-day": "budgetPerDay",
  "budget-per-month": "budgetPerMonth",
};

/** What a new key is to be, from the options of `agproxy keys add`. */
export function readKeyOptions(
  options: Options,
  now: number,
): Pick<KeyRecord, "name" | "expires" | "models" | "limits"> {
  const name = options["name"];
  if (typeof name !== "string" || name.trim() === "") {
    throw new Misuse("A key needs a name: agproxy keys add --name laptop");
  }
  const models = textOf(options, "models")
    ?.split(",")
    .map((model) => model.trim());
  if (models?.includes("") === true) {
    throw new Misuse('--models has an empty name. Write it like this: --models "gemini-*,gpt-4o"');
  }
  const expires = textOf(options, "expires");
  return {
    name: name.trim(),
    ...defined({
      models,
      expires: expires === undefined ? undefined : expiryOf(expires, now),
      limits: readLimits(options),
    }),
  };
}

function textOf(options: Options, name: string): string | undefined {
  const value = options[name];
  return typeof value === "string" ? value : undefined;
}

function readLimits(options: Options): KeyRecord["limits"] {
  const given = Object.entries(limitOptions).flatMap(([option, name]) => {
    const text = textOf(options, option);
    return text === undefined ? [] : [[name, readAmount(option, text)] as const];
  });
  return given.length === 0 ? undefined : Object.fromEntries(given);
}

function readAmount(option: string, text: string): number {
  const isMoney = option.startsWith("budget");
  const form = isMoney ? /^\d[\d_]*(?:\.\d+)?$/ : /^\d[\d_]*$/;
  const amount = form.test(text) ? Number(text.replaceAll("_", "")) : 0;
  if (amount > 0 && Number.isFinite(amount)) return amount;
  const kind = isMoney
    ? "an amount above 0, such as 2.50"
    : "a whole number above 0, such as 1_000";
  throw new Misuse(`--${option} must be ${kind}.`);
}

const units: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** `12h`, `30d`, `4w`, or a date. */
function expiryOf(text: string, now: number): string {
  const { count, unit = "" } = /^(?<count>\d{1,5})(?<unit>[hdw])$/.exec(text)?.groups ?? {};
  const isDate = /^\d{4}-\d\d-\d\d(?:T[\d:.]+Z)?$/.test(text);
  const time = isDate ? Date.parse(text) : now + Number(count) * (units[unit] ?? Number.NaN);
  if (Number.isFinite(time) && time > now) return new Date(time).toISOString();
  throw new Misuse(
    "--expires must be a time from now, such as 12h, 30d or 4w, or a date to come, such as 2030-01-31.",
  );
}

import * as v from "valibot";

/** What a limit counts. Money is in millionths of the price table's currency, so that counters stay whole numbers. */
export type Unit = "requests" | "tokens" | "money";

export type Period = "minute" | "day" | "month";

/** One kind of limit. */
export interface LimitKind {
  readonly unit: Unit;
  readonly period: Period;
  /** As in "Limit reached on …". */
  readonly text: string;
  /** Whether it is a budget: clients need not try again soon. */
  readonly isBudget: boolean;
}

/** All limits that a key can have, by their names in files and configs. */
export const limitKinds = {
  rpm: { unit: "requests", period: "minute", text: "requests per min (RPM)", isBudget: false },
  rpd: { unit: "requests", period: "day", text: "requests per day (RPD)", isBudget: false },
  tpm: { unit: "tokens", period: "minute", text: "tokens per min (TPM)", isBudget: false },
  tpd: { unit: "tokens", period: "day", text: "tokens per day (TPD)", isBudget: false },
  tokensPerMonth: { unit: "tokens", period: "month", text: "tokens per month", isBudget: true },
  budgetPerDay: { unit: "money", period: "day", text: "budget per day", isBudget: true },
  budgetPerMonth: { unit: "money", period: "month", text: "budget per month", isBudget: true },
} as const satisfies Readonly<Record<string, LimitKind>>;

export type LimitName = keyof typeof limitKinds;

const count = v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)));
const amount = v.optional(v.pipe(v.number(), v.finite(), v.gtValue(0)));

export const limitShape = v.strictObject({
  rpm: count,
  rpd: count,
  tpm: count,
  tpd: count,
  tokensPerMonth: count,
  budgetPerDay: amount,
  budgetPerMonth: amount,
} satisfies Record<LimitName, unknown>);

/** The limits of a key. Money is in the price table's currency. */
export type Limits = v.InferOutput<typeof limitShape>;

import * as v from "valibot";
import type { Usage } from "../vocabulary/answer.ts";
import { fits } from "./wildcard.ts";

const price = v.pipe(v.number(), v.finite(), v.minValue(0));

/**
 * Prices of a million tokens, by patterns of models: for the schema of a plugin's options.
 *
 * @example
 * const schema = v.strictObject({ prices: v.optional(priceShape, {}) });
 */
export const priceShape = v.record(
  v.string(),
  v.strictObject({ input: price, cached: v.optional(price), output: price }),
);

/** What a million tokens cost, in any currency: budgets are in the same. */
interface Price {
  readonly input: number;
  /** Of input that the upstream had cached. Default: as other input. */
  readonly cached?: number | undefined;
  readonly output: number;
}

export type PriceTable = Readonly<Record<string, Price>>;

/** What an answer of a model costs, in millionths; undefined where the table has no price for the model. */
export type Cost = (model: string, usage: Usage) => number | undefined;

/**
 * Reads a table of prices. Of several patterns that fit a model, the one with most characters beside `*` counts.
 *
 * @example
 * const cost = costBy({ "*-pro": { input: 1.25, cached: 0.31, output: 10 } });
 * const millionths = cost("large-pro", { inputTokens: 1000, outputTokens: 50, totalTokens: 1050 });
 */
export function costBy(table: PriceTable): Cost {
  const rows = Object.entries(table)
    .map(([pattern, price]) => ({ pattern: pattern.toLowerCase(), price }))
    .toSorted((a, b) => literals(b.pattern) - literals(a.pattern));
  return (model, usage) => {
    const name = model.trim().toLowerCase();
    // A model has one price, whatever stands before its name: `models/`, a vendor, the prefix of an account.
    const bare = name.slice(name.lastIndexOf("/") + 1);
    const row = rows.find(({ pattern }) => fits(pattern, name) || fits(pattern, bare));
    return row === undefined ? undefined : costOf(row.price, usage);
  };
}

const literals = (pattern: string) => pattern.replaceAll("*", "").length;

function costOf({ input, cached = input, output }: Price, usage: Usage): number {
  const { inputTokens, cachedTokens = 0, outputTokens } = usage;
  const fresh = Math.max(0, inputTokens - cachedTokens);
  // A price is for a million tokens, and the result is in millionths.
  return Math.ceil(fresh * input + cachedTokens * cached + outputTokens * output);
}

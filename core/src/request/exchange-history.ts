import { defineExposed } from "../hooks/exposed.ts";
import type { ExchangeRecord } from "./exchange-record.ts";

/** An exchange that is kept after its end. */
export interface KeptExchange extends ExchangeRecord {
  /** When it ended, in milliseconds since the epoch. */
  readonly time: number;
}

/** What the plugin that keeps exchanges knows. */
export interface ExchangeHistory {
  /** The latest of those that ended after a time, at most `limit`, the oldest of them first. No text of anybody is in them. */
  latest(since: number, limit: number): readonly KeptExchange[];
}

/**
 * What the request-log plugin, or another one of that name, exposes: exchanges from before, also from before a restart.
 *
 * @example
 * const hour = agproxy.find(exchangeHistory)?.latest(Date.now() - 3_600_000, 1000);
 */
export const exchangeHistory = defineExposed<ExchangeHistory>("request-log");

import type { ExchangeRecord, ShownExchange } from "../request/exchange-record.ts";
import { cell, clockText, countText, secondsText } from "./amounts.ts";
import type { Paint } from "./paint.ts";
import { wrapped } from "./print.ts";
import { oneLine } from "./terminal.ts";

/** Where lines are shown. */
export interface Screen {
  /** Characters in a line; `Infinity` for a file. */
  readonly columns: number;
  readonly paint: Paint;
}

/** From so many columns on, each value has a column of its own and the tokens have names. */
const wideFrom = 160;
const time = 8;
const status = 3;

/**
 * A request on one line: time, status, caller, models, account with the number of attempts, first event, total, tokens. One that
 * failed has a second line: why, and what to do.
 */
export function exchangeText(exchange: ShownExchange, screen: Screen): string {
  const { columns, paint } = screen;
  const isWide = columns >= wideFrom;
  const head = [
    paint("aside", clockText(exchange.time)),
    paint(styleOf(exchange.status), cell(String(exchange.status), status)),
  ].join(" ");
  const line = `${head} ${isWide ? wide(exchange, screen) : narrow(exchange, screen)}`;
  return exchange.outcome === "failed" ? `${line}\n${faultText(exchange, screen)}` : line;
}

/** The colour of a status. */
export function styleOf(code: number): "good" | "odd" | "bad" {
  if (code < 400) return "good";
  return code < 500 ? "odd" : "bad";
}

function narrow(exchange: ShownExchange, { columns, paint }: Screen): string {
  const { caller, inputTokens, outputTokens } = exchange;
  const who = caller === "anonymous" ? "" : `${caller}: `;
  const tokens =
    inputTokens === undefined || outputTokens === undefined
      ? ""
      : `${countText(inputTokens)}→${countText(outputTokens)}`;
  // All that stands beside it: the account, two times, the tokens, and a space after each.
  const rest = time + 1 + status + 1 + 1 + account + 12 + 12;
  const models = Math.max(24, Math.min(60, columns - rest));
  return [
    cell(oneLine(who + modelsText(exchange)), models),
    accountCell(exchange, account, paint),
    firstText(exchange),
    secondsText(exchange.durationMs).padStart(5),
    paint("aside", tokens),
  ]
    .join(" ")
    .trimEnd();
}

const account = 13;

function wide(exchange: ShownExchange, { columns, paint }: Screen): string {
  const { waitMs = 0 } = exchange;
  const times = [
    firstText(exchange),
    exchange.firstEventMs === undefined ? "     " : paint("aside", "first"),
    "",
    secondsText(exchange.durationMs).padStart(5),
  ].join(" ");
  return [
    cell(oneLine(exchange.caller), 12),
    cell(oneLine(modelsText(exchange)), Math.min(52, columns - 124)),
    accountCell(exchange, 26, paint),
    times,
    paint("aside", tokensText(exchange)),
    waitMs < 1000 ? "" : paint("odd", `waited ${secondsText(waitMs)}`),
  ]
    .join("  ")
    .trimEnd();
}

function modelsText({ asked, model }: ShownExchange): string {
  return asked === model ? asked : `${asked} → ${model}`;
}

function accountCell(
  { account: name, answeredBy, attempts }: ShownExchange,
  width: number,
  paint: Paint,
): string {
  const by = oneLine(answeredBy === undefined ? (name ?? "-") : `by ${answeredBy}`);
  if (attempts < 2) return cell(by, width);
  const times = ` ×${attempts}`;
  const shown = by.slice(0, width - times.length);
  return shown + paint("odd", times) + " ".repeat(width - times.length - shown.length);
}

function firstText({ firstEventMs }: ShownExchange): string {
  return firstEventMs === undefined ? "     " : secondsText(firstEventMs).padStart(5);
}

function tokensText(exchange: ShownExchange): string {
  const { inputTokens, cachedTokens, reasoningTokens, outputTokens } = exchange;
  const named: readonly (readonly [string, number | undefined])[] = [
    ["in", inputTokens],
    ["cached", cachedTokens],
    ["thought", reasoningTokens],
    ["out", outputTokens],
  ];
  return named
    .flatMap(([name, count]) => (count === undefined ? [] : `${name} ${countText(count)}`))
    .join("  ");
}

/** Why something failed, and what to do: below its line. */
export function faultText(
  { error, reason, advice, cause }: Pick<ExchangeRecord, "error" | "reason" | "advice" | "cause">,
  { columns, paint }: Screen,
): string {
  const indent = " ".repeat(time + 1);
  const text = [reason ?? error ?? "", advice ?? ""].filter((part) => part !== "").join(" ");
  const lines = [wrapped(indent + oneLine(text), columns - 1, indent)];
  if (cause !== undefined && cause !== reason) {
    lines.push(wrapped(`${indent}cause: ${oneLine(cause)}`, columns - 1, indent));
  }
  return paint("odd", lines.join("\n"));
}

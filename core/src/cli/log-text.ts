import * as v from "valibot";
import { isObject } from "../kit/fields.ts";
import { cell, clockText } from "./amounts.ts";
import { exchangeText, faultText, type Screen, styleOf } from "./exchange-text.ts";
import { wrapped } from "./print.ts";
import { harmless, oneLine } from "./terminal.ts";

const text = v.string();
const number = v.number();

const maybeText = v.exactOptional(text);
const maybeNumber = v.exactOptional(number);

const faultShape = { error: maybeText, reason: maybeText, advice: maybeText, cause: maybeText };

/** What the log has of an exchange, as far as its line shows it. A plugin may write lines that look like it. */
const exchangeShape = v.object({
  msg: v.literal("exchange"),
  time: number,
  caller: text,
  asked: text,
  model: text,
  account: maybeText,
  answeredBy: maybeText,
  outcome: v.picklist(["ok", "failed", "aborted"]),
  status: number,
  attempts: number,
  waitMs: maybeNumber,
  firstEventMs: maybeNumber,
  durationMs: number,
  inputTokens: maybeNumber,
  cachedTokens: maybeNumber,
  reasoningTokens: maybeNumber,
  outputTokens: maybeNumber,
  ...faultShape,
});

const refusalShape = v.object({
  msg: v.literal("refused"),
  time: number,
  address: text,
  method: text,
  path: text,
  status: number,
  err: v.exactOptional(v.unknown()),
  ...faultShape,
});

/** Fields that say nothing to whoever looks at one gateway. */
const unshown: ReadonlySet<string> = new Set([
  "level",
  "time",
  "pid",
  "hostname",
  "msg",
  "account",
  "err",
  "id",
]);

/** A line of the log, JSON in pino's form, as text for people. Ends with a line feed. */
export function logText(line: string, screen: Screen): string {
  const fields: unknown = JSON.parse(line);
  if (!isObject(fields)) return harmless(line);
  if (v.is(exchangeShape, fields)) return `${exchangeText(fields, screen)}\n`;
  if (v.is(refusalShape, fields)) return `${refusalText(fields, screen)}\n`;
  return `${plainText(fields, screen)}\n`;
}

function refusalText(fields: v.InferOutput<typeof refusalShape>, screen: Screen): string {
  const { time, status, method, path, address, err } = fields;
  const { paint } = screen;
  const code = paint(styleOf(status), cell(String(status), 3));
  const what = oneLine(`${method} ${path} from ${address}`);
  const line = `${paint("aside", clockText(time))} ${code} ${what}`;
  return [line, faultText(fields, screen), ...stackOf(err, screen)].join("\n");
}

const levels: Readonly<Record<number, readonly ["aside" | "odd" | "bad", string]>> = {
  20: ["aside", "debug"],
  40: ["odd", "warn"],
  50: ["bad", "error"],
};

function plainText(fields: Readonly<Record<string, unknown>>, screen: Screen): string {
  const { time, level, msg, err, account } = fields;
  const { paint, columns } = screen;
  const [style, name] = levels[Number(level)] ?? ["aside", ""];
  const rest = Object.entries(fields)
    .filter(([key]) => !unshown.has(key))
    .map(
      ([key, value]) =>
        `${key}=${typeof value === "string" ? shortened(value) : JSON.stringify(value)}`,
    );
  const words = [name, account, msg, ...rest].filter((word) => typeof word === "string");
  const said = oneLine(words.filter((word) => word !== "").join(" "));
  const line = wrapped(`${indent}${said}`, columns - 1, indent).slice(indent.length);
  const painted = name === "" ? line : paint(style, name) + line.slice(name.length);
  return [`${paint("aside", clockText(Number(time)))} ${painted}`, ...stackOf(err, screen)].join(
    "\n",
  );
}

/** A moment of the log as the time of day. */
function shortened(value: string): string {
  return /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) ? clockText(Date.parse(value)) : value;
}

const indent = " ".repeat(9);

/** An error's stack below its line, or what it says where it has none. */
function stackOf(err: unknown, { paint }: Screen): readonly string[] {
  if (!isObject(err)) return err === undefined ? [] : [indented(JSON.stringify(err))];
  const { stack, message } = err;
  const told = typeof stack === "string" ? stack : typeof message === "string" ? message : "";
  return told === "" ? [] : [paint("aside", indented(told))];
}

function indented(lines: string): string {
  return harmless(lines).replaceAll(/^/gm, indent);
}

import { setTimeout as sleep } from "node:timers/promises";
import type { PluginCommandLine } from "@agproxy/core";
import type { LoggedExchange } from "../columns.ts";
import { LogReader } from "../log-reader.ts";
import { requestLogOf } from "../request-log-plugin.ts";
import { filterOf, Misuse, misusable } from "./log-options.ts";

const defaultLines = 50;
const maxLines = 1_000_000;
const pollMs = 300;

/** `agproxy logs [ID]`: the latest exchanges, those that come, or one with all its attempts. */
export function logsCommand(line: PluginCommandLine): Promise<number> {
  return misusable("logs", line, () => logs(line));
}

async function logs(line: PluginCommandLine): Promise<number> {
  const { words, options, plugins, json, print } = line;
  const [id, extra] = words;
  if (extra !== undefined) throw new Misuse(`"${extra}" is one word too many. It takes one id.`);
  const filter = filterOf(options, Date.now());
  const limit = linesOf(options["lines"]);
  using reader = new LogReader(requestLogOf(plugins).logFile);
  if (id !== undefined) return story(line, reader.one(id), id);
  const show = (exchange: LoggedExchange) =>
    json
      ? print(`${JSON.stringify(exchange)}\n`)
      : process.stdout.write(line.exchangeLine(exchange));
  let place = reader.end();
  for (const exchange of reader.latest(filter, limit)) show(exchange);
  while (options["follow"] === true) {
    await sleep(pollMs);
    const end = reader.end();
    for (const exchange of reader.after(place, filter)) show(exchange);
    place = end;
  }
  return 0;
}

function linesOf(lines: string | boolean | undefined): number {
  if (lines === undefined) return defaultLines;
  const count = Number(lines);
  if (Number.isInteger(count) && count >= 0 && count <= maxLines) return count;
  throw new Misuse(`--lines must be a whole number up to ${maxLines}.`);
}

/** One exchange from its beginning to its end. */
function story(
  { json, print, table, exchangeLine }: PluginCommandLine,
  exchange: LoggedExchange | undefined,
  id: string,
): number {
  if (exchange === undefined) {
    throw new Error(
      `The request log has no exchange "${id}". Ids are in X-Request-Id and the log.`,
    );
  }
  if (json) return print(`${JSON.stringify(exchange, null, 2)}\n`);
  process.stdout.write(exchangeLine(exchange));
  const { tries = [], bodies } = exchange;
  const rows = tries.map(({ account, model, waitMs, firstEventMs, error, reason }, index) => [
    `${index + 1}`,
    account,
    model,
    `waited ${waitMs} ms`,
    error === undefined
      ? `first event after ${firstEventMs} ms`
      : `failed after ${firstEventMs} ms`,
    reason ?? "",
  ]);
  const { address, protocol, stream } = exchange;
  print(`\n  ${exchange.id} from ${address}, ${protocol}${stream ? ", streamed" : ""}\n`);
  if (rows.length > 0) print(`\n${table(rows)}\n`);
  if (bodies === undefined) return 0;
  const { request, answer } = JSON.parse(bodies) as Readonly<Record<"request" | "answer", string>>;
  return print(`\n  request\n${request}\n\n  answer\n${answer}\n`);
}

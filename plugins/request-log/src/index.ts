import {
  definePlugin,
  exchangeHistory,
  exchangeRecord,
  order,
  type Plugin,
  type RunCommand,
} from "@agproxy/core";
import { Batches } from "./batches.ts";
import { Answers } from "./bodies.ts";
import { LogFile } from "./log-file.ts";
import { LogReader } from "./log-reader.ts";
import { logsCommand } from "./command/logs-command.ts";
import { statsCommand } from "./command/stats-command.ts";
import { type RequestLogOptions, readRequestLogOptions } from "./options.ts";
import type { RequestLogPlugin } from "./request-log-plugin.ts";

export type { RequestLogOptions } from "./options.ts";

/** Keeps a row for each exchange in a SQLite file, for `agproxy logs` and `agproxy stats`. */
export function requestLog(options: RequestLogOptions = {}): Plugin {
  const { file, bounds, bodies, cost, isPriced } = readRequestLogOptions(options);
  const plugin: RequestLogPlugin = {
    ...definePlugin({
      name: "request-log",
      describe: () => `${file}${bodies ? ", with requests and answers" : ""}`,
      apply({ hooks, log, expose }) {
        const batches = new Batches(new LogFile(file, bounds), log);
        const answers = bodies ? new Answers() : undefined;
        if (answers !== undefined) {
          hooks.transformStream.tap({ name: "request-log", stage: order.last }, (stream, attempt) =>
            answers.watched(stream, attempt.exchange),
          );
        }
        hooks.done.tap("request-log", (summary) => {
          const { exchange, durationMs } = summary;
          const time = exchange.incoming.receivedAt + durationMs;
          const kept = answers === undefined ? {} : { bodies: answers.bodiesOf(exchange) };
          batches.add({ time, ...exchangeRecord(summary), ...kept });
        });
        hooks.close.tap("request-log", () => batches.close());
        expose(exchangeHistory, {
          latest(since, limit) {
            batches.flush();
            using reader = new LogReader(file);
            return reader.bare(since, limit);
          },
        });
      },
    }),
    logFile: file,
    cost,
    isPriced,
  };
  return plugin;
}

/** `agproxy logs`. */
export const runLogs: RunCommand = logsCommand;

/** `agproxy stats`. */
export const runStats: RunCommand = (line) => statsCommand(line);

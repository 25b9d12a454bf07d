import { openSync } from "node:fs";
import { type Logger, pino } from "pino";
import { ConfigError } from "../config/settings.ts";
import type { ServerSettings } from "../hooks/server-settings.ts";
import type { Screen } from "./exchange-text.ts";
import { LineWriter } from "./line-writer.ts";
import { logText } from "./log-text.ts";
import { paintFor } from "./paint.ts";
import { reasonOf, widthOf } from "./print.ts";
import { harmless } from "./terminal.ts";

/** Where the log goes. */
export interface LogPlace {
  /** JSON also on a terminal. */
  readonly json: boolean;
  /** A file that gets the lines as JSON as well. */
  readonly file: string | undefined;
  /** Which of several processes writes. */
  readonly worker: number | undefined;
}

/** The log, and what opens its file again after somebody has moved it away. */
export interface LogOutput {
  readonly log: Logger;
  reopen(): void;
}

const stdout = 1;

/**
 * The log on standard output: a line of JSON for each entry, or a calm one for people where that is a terminal. Throws where the
 * file cannot be written. Lines come out within a fifth of a second, or at the end of the process.
 */
export function logOutput(
  level: ServerSettings["logLevel"],
  { json, file, worker }: LogPlace,
): LogOutput {
  const isText = process.stdout.isTTY && !json;
  const shown = isText
    ? (line: string) => logText(line, terminal())
    : // Escapes are JSON's own, so a line still says the same to a program.
      harmless;
  const output = new LineWriter(stdout, (lost) => shown(lossLine(lost)));
  const kept = file === undefined ? undefined : new LineWriter(opened(file), lossLine);
  process.once("exit", () => {
    output.finish();
    kept?.finish();
  });
  const log = pino(
    { level },
    {
      write(line: string) {
        output.write(shown(line));
        kept?.write(harmless(line));
      },
    },
  );
  const own = worker === undefined ? log : log.child({ worker });
  return { log: own, reopen: () => file !== undefined && kept?.turnTo(opened(file)) };
}

/** As wide as it is now: people change that. */
export function terminal(): Screen {
  return { columns: widthOf(process.stdout), paint: paintFor(process.stdout) };
}

/** For its owner only: the log tells who asks for what. */
function opened(file: string): number {
  try {
    return openSync(file, "a", 0o600);
  } catch (thrown) {
    const code = thrown instanceof Error && "code" in thrown ? ` (${String(thrown.code)})` : "";
    throw new ConfigError(
      `The log file ${file} cannot be written${code}. Choose another one with --log-file.`,
      { cause: thrown },
    );
  }
}

/** A line about lost ones, in pino's form, so that readers of the log see it. */
function lossLine(lost: number): string {
  const msg = `${lost} lines of the log are lost: they were not read in time`;
  return `${JSON.stringify({ level: 40, time: Date.now(), msg })}\n`;
}

/** Whoever moves a log file away says so with SIGHUP, as logrotate does. */
export function reopened(reopen: () => void, log: LogOutput["log"]): void {
  try {
    reopen();
  } catch (thrown) {
    log.error({ error: reasonOf(thrown) }, "the log goes on where it was");
  }
}

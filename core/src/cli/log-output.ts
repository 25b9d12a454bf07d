import { pino } from "pino";
import type { Log } from "../log.ts";
import type { Server } from "../server.ts";

/** A write goes through a thread of its own, which costs more than many lines do: they wait for each other. */
const together = { bytes: 65_536, ms: 200 };

/** The log on standard output. Lines leave within `together.ms`, or at the end of the process. */
export function logOutput(level: Server["logLevel"]): Log {
  const output = pino.destination({
    fd: 1,
    sync: false,
    minLength: together.bytes,
    maxWrite: 2 * together.bytes,
  });
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    timer = undefined;
    output.flush();
  };
  const write = (line: string) => {
    output.write(line);
    timer ??= setTimeout(flush, together.ms).unref();
  };
  return pino({ level }, { write });
}

/** The log of a gateway in a process of its own. */
import { setTimeout as sleep } from "node:timers/promises";
import type { AgproxyProcess } from "./agproxy-process.ts";

type LogLine = Readonly<Record<string, unknown>>;

/** The lines so far; what is not of the log is left out. */
export function linesOf({ output }: AgproxyProcess): readonly LogLine[] {
  return output.split("\n").flatMap((line) => {
    if (!line.startsWith("{") || !line.endsWith("}")) return [];
    return [JSON.parse(line) as LogLine];
  });
}

/** Resolves with the first line that is meant, once it is written. */
export async function untilLine(
  gateway: AgproxyProcess,
  isMeant: (line: LogLine) => boolean,
): Promise<LogLine> {
  for (;;) {
    const line = linesOf(gateway).find(isMeant);
    if (line !== undefined) return line;
    await sleep(20);
  }
}

/** Whether there is a process of that number. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

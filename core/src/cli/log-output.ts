import { write, writeSync } from "node:fs";
import { type Logger, pino } from "pino";
import type { ServerSettings } from "../hooks/server-settings.ts";
import { harmless } from "./terminal.ts";

const stdout = 1;
/** Lines are gathered: each write goes through a thread of its own and costs more than many lines do. */
const flushAtCharacters = 65_536;
const flushAfterMs = 200;
/** Further lines are dropped and counted while standard output is not read: they would fill the memory. */
const maxBacklogCharacters = 16 * 1024 * 1024;

/** The log on standard output. Lines are written within `flushAfterMs`, or at the end of the process; each says which `worker` wrote it. */
export function logOutput(level: ServerSettings["logLevel"], worker?: number): Logger {
  const output = new LogOutput();
  process.once("exit", () => output.finish());
  const log = pino({ level }, output);
  return worker === undefined ? log : log.child({ worker });
}

/**
 * Gathers lines and writes them together. pino's own destination is quadratic in the lines that wait, and at the exit it
 * retries for ever where nobody reads any more.
 */
class LogOutput {
  #lines: string[] = [];
  #characters = 0;
  #lost = 0;
  #timer: NodeJS.Timeout | undefined;
  #isWriting = false;
  /** What could not be written because the reader was not ready. */
  #retry: Buffer | undefined;

  /** Escapes are JSON's own, so a line still says the same to a program. */
  write(written: string): void {
    const line = harmless(written);
    if (this.#characters > maxBacklogCharacters) {
      this.#lost += 1;
      return;
    }
    this.#lines.push(line);
    this.#characters += line.length;
    if (this.#characters >= flushAtCharacters && !this.#isWriting) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), flushAfterMs).unref();
  }

  /** Writes what is left, synchronously. */
  finish(): void {
    let bytes = Buffer.concat([this.#retry ?? Buffer.alloc(0), this.#take()]);
    try {
      while (bytes.byteLength > 0) bytes = bytes.subarray(writeSync(stdout, bytes));
    } catch {
      // Nobody reads any more, and an error at the exit would hide its reason.
    }
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#isWriting && this.#lines.length > 0) this.#write(this.#take());
  }

  #take(): Buffer {
    if (this.#lost > 0) this.#lines.push(lossLine(this.#lost));
    const bytes = Buffer.from(this.#lines.join(""));
    this.#lines = [];
    this.#characters = 0;
    this.#lost = 0;
    return bytes;
  }

  #write(bytes: Buffer): void {
    this.#isWriting = true;
    this.#retry = undefined;
    write(stdout, bytes, (error, written) => {
      if (error?.code === "EAGAIN") {
        this.#retry = bytes;
        setTimeout(() => this.#write(bytes), flushAfterMs).unref();
      } else if (error === null && written < bytes.byteLength) {
        this.#write(bytes.subarray(written));
      } else {
        // Nobody reads any more, or the disk is full: these lines are lost, and the gateway goes on.
        this.#isWriting = false;
        this.#flush();
      }
    });
  }
}

/** A line about lost ones, in pino's form, so that readers of the log see it. */
function lossLine(lost: number): string {
  const msg = `${lost} lines of the log are lost: standard output was not read in time`;
  return `${JSON.stringify({ level: 40, time: Date.now(), msg })}\n`;
}

import { write, writeSync } from "node:fs";
import { pino } from "pino";
import type { Log } from "../hooks/plugin.ts";
import type { ServerSettings } from "../hooks/server-settings.ts";

const stdout = 1;
/** A write goes through a thread of its own, which costs more than many lines do: they wait for each other. */
const together = { characters: 65_536, ms: 200 };
/** As many characters wait for a reader that is too slow. What comes on top of them is counted and lost. */
const backlogLimitBytes = 16 * 1024 * 1024;

/** The log on standard output. Lines leave within `together.ms`, or at the end of the process. */
export function logOutput(level: ServerSettings["logLevel"]): Log {
  const output = new LogOutput();
  process.once("exit", () => output.finish());
  return pino({ level }, output);
}

/**
 * Takes lines and writes them in one piece. Not pino's own: that reads all that waits with every line, and at the
 * exit it tries for ever to write to a reader that is gone.
 */
class LogOutput {
  #lines: string[] = [];
  #characters = 0;
  #lost = 0;
  #timer: NodeJS.Timeout | undefined;
  #isWriting = false;
  /** What a reader that was not ready has yet to get. */
  #again: Buffer | undefined;

  write(line: string): void {
    if (this.#characters > backlogLimitBytes) {
      this.#lost += 1;
      return;
    }
    this.#lines.push(line);
    this.#characters += line.length;
    if (this.#characters >= together.characters && !this.#isWriting) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), together.ms).unref();
  }

  /** Writes what is left while the process waits. */
  finish(): void {
    let bytes = Buffer.concat([this.#again ?? Buffer.alloc(0), this.#take()]);
    try {
      while (bytes.byteLength > 0) bytes = bytes.subarray(writeSync(stdout, bytes));
    } catch {
      // Nobody reads any more, so there is nobody to tell.
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
    this.#again = undefined;
    write(stdout, bytes, (error, written) => {
      if (error?.code === "EAGAIN") {
        this.#again = bytes;
        setTimeout(() => this.#write(bytes), together.ms).unref();
      } else if (error === null && written < bytes.byteLength) {
        this.#write(bytes.subarray(written));
      } else {
        // A reader that is gone, or a disk that is full: the gateway goes on, and tries the next lines.
        this.#isWriting = false;
        this.#flush();
      }
    });
  }
}

/** In pino's form, so that whoever reads the log finds it there. */
function lossLine(lost: number): string {
  const msg = `${lost} lines of the log are lost: standard output was not read in time`;
  return `${JSON.stringify({ level: 40, time: Date.now(), msg })}\n`;
}

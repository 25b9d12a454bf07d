import { closeSync, write, writeSync } from "node:fs";

/** Lines are gathered: each write goes through a thread of its own and costs more than many lines do. */
const flushAtCharacters = 65_536;
const flushAfterMs = 200;
/** Further lines are dropped and counted while nobody reads what is written: they would fill the memory. */
const maxBacklogCharacters = 16 * 1024 * 1024;

/**
 * Gathers lines and writes them together. pino's own destination is quadratic in the lines that wait, and at the exit it
 * retries for ever where nobody reads any more.
 */
export class LineWriter {
  #file: number;
  /** The file that takes its place before the next write. */
  #next: number | undefined;
  readonly #lossLine: (lost: number) => string;
  #lines: string[] = [];
  #characters = 0;
  #lost = 0;
  #timer: NodeJS.Timeout | undefined;
  #isWriting = false;
  /** What could not be written because the reader was not ready. */
  #retry: Buffer | undefined;

  /** Writes to a file descriptor. `lossLine` makes the line that tells of lost ones. */
  constructor(file: number, lossLine: (lost: number) => string) {
    this.#file = file;
    this.#lossLine = lossLine;
  }

  write(line: string): void {
    if (this.#characters > maxBacklogCharacters) {
      this.#lost += 1;
      return;
    }
    this.#lines.push(line);
    this.#characters += line.length;
    if (this.#characters >= flushAtCharacters && !this.#isWriting) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), flushAfterMs).unref();
  }

  /** Writes what follows to another file, and closes the former. */
  turnTo(file: number): void {
    if (this.#next !== undefined) closeSync(this.#next);
    this.#next = file;
  }

  /** Writes what is left, synchronously. */
  finish(): void {
    let bytes = Buffer.concat([this.#retry ?? Buffer.alloc(0), this.#take()]);
    try {
      while (bytes.byteLength > 0) bytes = bytes.subarray(writeSync(this.#file, bytes));
    } catch {
      // Nobody reads any more, and an error at the exit would hide its reason.
    }
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#isWriting || this.#lines.length === 0) return;
    this.#turn();
    this.#write(this.#take());
  }

  #turn(): void {
    if (this.#next === undefined) return;
    closeSync(this.#file);
    this.#file = this.#next;
    this.#next = undefined;
  }

  #take(): Buffer {
    if (this.#lost > 0) this.#lines.push(this.#lossLine(this.#lost));
    const bytes = Buffer.from(this.#lines.join(""));
    this.#lines = [];
    this.#characters = 0;
    this.#lost = 0;
    return bytes;
  }

  #write(bytes: Buffer): void {
    this.#isWriting = true;
    this.#retry = undefined;
    write(this.#file, bytes, (error, written) => {
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

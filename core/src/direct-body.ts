import type { ClientRequest, IncomingMessage } from "node:http";
import type { AgproxyError } from "./errors.ts";
import { bodyError, stalled } from "./http-error.ts";

type Step = IteratorResult<Uint8Array, undefined>;

interface Reader {
  resolve(step: Step): void;
  reject(error: AgproxyError): void;
}

const end: Step = { done: true, value: undefined };

/**
 * The body of an answer, one read of the socket at a time. Reading goes on while somebody waits for it, so a
 * slow reader slows the upstream down, and the idle limit counts only while agproxy waits.
 */
export class DirectBody implements AsyncIterableIterator<Uint8Array, undefined> {
  readonly #call: ClientRequest;
  readonly #message: IncomingMessage;
  readonly #idle: number;
  #arrived: Buffer[] = [];
  #isOver = false;
  #failure: AgproxyError | undefined;
  #reader: Reader | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(call: ClientRequest, message: IncomingMessage, idle: number) {
    this.#call = call;
    this.#message = message;
    this.#idle = idle;
    message.on("error", (error) => this.fail(bodyError(error)));
    message.once("close", () => {
      if (!this.#isOver) this.fail(bodyError(undefined));
    });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Step> {
    if (this.#arrived.length > 0) return Promise.resolve(this.#read());
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#isOver) return Promise.resolve(end);
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject };
      this.#wait();
    });
  }

  /** Leaves the rest unread, and the connection with it. */
  return(): Promise<Step> {
    this.#isOver = true;
    clearTimeout(this.#timer);
    if (!this.#message.complete) this.#call.destroy();
    return Promise.resolve(end);
  }

  /** Breaks the body off: what has arrived can be read, and then this is thrown. */
  fail(error: AgproxyError): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#failure = error;
    this.#wake();
  }

  #wait(): void {
    if (this.#timer === undefined) {
      this.#timer = setTimeout(() => this.#stall(), this.#idle);
      this.#message.on("data", (bytes: Buffer) => this.#take(bytes));
      this.#message.once("end", () => {
        this.#isOver = true;
        this.#wake();
      });
    } else {
      this.#timer.refresh();
      if (this.#message.isPaused()) this.#message.resume();
    }
  }

  #stall(): void {
    if (this.#reader === undefined) return;
    this.fail(stalled(this.#idle));
    this.#call.destroy();
  }

  /** A read of the socket brings several pieces at once; the reader is woken when all of them are here. */
  #take(bytes: Buffer): void {
    if (this.#arrived.push(bytes) > 1) return;
    if (this.#reader === undefined) this.#message.pause();
    else queueMicrotask(() => this.#wake());
  }

  #wake(): void {
    if (this.#isOver) clearTimeout(this.#timer);
    const reader = this.#reader;
    if (reader === undefined) return;
    this.#reader = undefined;
    if (this.#arrived.length > 0) reader.resolve(this.#read());
    else if (this.#failure !== undefined) reader.reject(this.#failure);
    else reader.resolve(end);
  }

  #read(): Step {
    const [first] = this.#arrived;
    const value = this.#arrived.length === 1 ? first! : Buffer.concat(this.#arrived);
    this.#arrived = [];
    return { done: false, value };
  }
}

import type { Dispatcher } from "undici";
import { type AgproxyError, left } from "../errors/agproxy-error.ts";

type Step = IteratorResult<Uint8Array, undefined>;

interface Reader {
  resolve(step: Step): void;
  reject(error: AgproxyError): void;
}

/** What comes after it runs as a microtask, without what `queueMicrotask` keeps for async hooks. */
const soon = Promise.resolve();

const end: Step = { done: true, value: undefined };

/** The body of an answer, one read of the socket at a time. A slow reader slows the upstream down. */
export class UpstreamBody implements AsyncIterableIterator<Uint8Array, undefined> {
  readonly #controller: Dispatcher.DispatchController;
  #arrived: Buffer[] = [];
  #isOver = false;
  #failure: AgproxyError | undefined;
  #reader: Reader | undefined;
  readonly #wakeUp = () => this.#wake();

  constructor(controller: Dispatcher.DispatchController) {
    this.#controller = controller;
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
      if (this.#controller.paused) this.#controller.resume();
    });
  }

  /** Leaves the rest unread, and the connection with it. */
  return(): Promise<Step> {
    if (!this.#isOver) {
      this.#isOver = true;
      this.#controller.abort(left(undefined));
    }
    return Promise.resolve(end);
  }

  /**
   * A read of the socket brings several pieces at once; the reader is woken when all of them are here. A first piece
   * may come before its reader: to stop for it would have undici read the rest of it again.
   */
  take(bytes: Buffer): void {
    const waiting = this.#arrived.push(bytes);
    if (this.#reader !== undefined) {
      if (waiting === 1) void soon.then(this.#wakeUp);
    } else if (waiting > 1) this.#controller.pause();
  }

  end(): void {
    this.#isOver = true;
    this.#wake();
  }

  /** Breaks the body off: what has arrived can be read, and then this is thrown. */
  fail(error: AgproxyError): void {
    this.#failure = error;
    this.end();
  }

  #wake(): void {
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

import type { IncomingHttpHeaders } from "node:http";
import { type Dispatcher, errors } from "undici";
import { bodyText, type HttpResponse } from "./calls.ts";
import { type AgproxyError, left } from "../errors/agproxy-error.ts";
import { bodyError, connectionError, late, stalled } from "./http-error.ts";

type Controller = Dispatcher.DispatchController;

/** Waits for the head of an answer, or for why there is none. */
interface HeadReader {
  answered(response: HttpResponse): void;
  failed(error: AgproxyError): void;
}

/** One call: undici tells it what happens, it tells whoever waits for the head and for the body. */
export class UpstreamCall implements Dispatcher.DispatchHandler {
  /** Let go of once there is an answer: undici holds this until its end. */
  #reader: HeadReader | undefined;
  readonly #host: string;
  readonly #idle: number;
  readonly #signal: AbortSignal;
  readonly #leave = () => this.#abort();
  #controller: Controller | undefined;
  #body: UpstreamBody | undefined;

  constructor(reader: HeadReader, host: string, idle: number, signal: AbortSignal) {
    this.#reader = reader;
    this.#host = host;
    this.#idle = idle;
    this.#signal = signal;
    signal.addEventListener("abort", this.#leave);
  }

  /** The connection stands. Until then there is nothing to abort; who left in the meantime, leaves now. */
  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    if (this.#signal.aborted) this.#abort();
  }

  onResponseStart(controller: Controller, status: number, headers: IncomingHttpHeaders): void {
    // 1xx answers come before the one that is meant.
    if (status < 200) return;
    // Nobody reads them; they would keep all of the first read for as long as the answer takes.
    controller.rawHeaders = null;
    const body = new UpstreamBody(controller);
    this.#body = body;
    this.#reader?.answered({ status, headers, body, text: () => bodyText(body) });
    this.#reader = undefined;
  }

  onResponseData(_controller: Controller, bytes: Buffer): void {
    this.#body?.take(bytes);
  }

  onResponseEnd(): void {
    this.#over();
    this.#body?.end();
  }

  onResponseError(_controller: Controller, error: Error): void {
    this.#over();
    if (this.#body === undefined) this.#reader?.failed(connectionFailure(error, this.#host));
    else this.#body.fail(bodyFailure(error, this.#idle));
  }

  #over(): void {
    this.#signal.removeEventListener("abort", this.#leave);
  }

  #abort(): void {
    const reason = left(this.#signal.reason);
    this.#reader?.failed(reason);
    this.#controller?.abort(reason);
  }
}

function connectionFailure(error: Error, host: string): AgproxyError {
  if (error instanceof errors.ConnectTimeoutError) return late(host, "connect", error);
  if (error instanceof errors.HeadersTimeoutError) return late(host, "response", error);
  return connectionError(error, host);
}

function bodyFailure(error: Error, idle: number): AgproxyError {
  return error instanceof errors.BodyTimeoutError ? stalled(idle) : bodyError(error);
}

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

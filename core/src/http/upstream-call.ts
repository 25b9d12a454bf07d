import type { IncomingHttpHeaders } from "node:http";
import type { Dispatcher } from "undici";
import { answerTooLarge, bodyText, type HttpResponse, textLimitBytes } from "./calls.ts";
import { abortError, AgproxyError } from "../errors/agproxy-error.ts";
import { bodyError, brokenConnection, timeoutError, stallError } from "./http-error.ts";
import { errors } from "./undici-parts.ts";

type Controller = Dispatcher.DispatchController;

/** Waits for the head of an answer, or for the error. */
interface HeadReader {
  answered(response: HttpResponse): void;
  failed(error: AgproxyError): void;
}

/** One call: takes undici's events, and gives its readers the head and the body. */
export class UpstreamCall implements Dispatcher.DispatchHandler {
  /** Dropped once there is an answer: undici holds this object, and what the reader sees, until the end. */
  #reader: HeadReader | undefined;
  readonly #host: string;
  readonly #idleMs: number;
  readonly #signal: AbortSignal;
  readonly #hasAnswered: boolean;
  readonly #onAbort = () => this.#abort();
  #controller: Controller | undefined;
  #body: UpstreamBody | undefined;

  /** `hasAnswered`: whether the host has answered a call before. */
  constructor(
    reader: HeadReader,
    host: string,
    idleMs: number,
    signal: AbortSignal,
    hasAnswered: boolean,
  ) {
    this.#reader = reader;
    this.#host = host;
    this.#idleMs = idleMs;
    this.#signal = signal;
    this.#hasAnswered = hasAnswered;
    signal.addEventListener("abort", this.#onAbort);
  }

  /** The connection is made. A client that left before could not abort anything, so its abort comes now. */
  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    if (this.#signal.aborted) this.#abort();
  }

  onResponseStart(controller: Controller, status: number, headers: IncomingHttpHeaders): void {
    // Informational answers (1xx) come before the real one.
    if (status < 200) return;
    // Nobody reads these, and they would keep the first read in memory until the answer is over.
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
    this.#stopListening();
    this.#body?.end();
  }

  onResponseError(_controller: Controller, error: Error): void {
    this.#stopListening();
    if (this.#body === undefined) this.#reader?.failed(this.#connectionFailure(error));
    else this.#body.fail(bodyFailure(error, this.#idleMs));
  }

  #connectionFailure(error: Error): AgproxyError {
    const host = this.#host;
    if (error instanceof errors.ConnectTimeoutError) return timeoutError(host, "connect", error);
    if (error instanceof errors.HeadersTimeoutError) return timeoutError(host, "response", error);
    return brokenConnection(error, host, this.#hasAnswered);
  }

  #stopListening(): void {
    this.#signal.removeEventListener("abort", this.#onAbort);
  }

  #abort(): void {
    const reason = abortError(this.#signal);
    this.#reader?.failed(reason);
    this.#controller?.abort(reason);
  }
}

function bodyFailure(error: Error, idleMs: number): AgproxyError {
  return error instanceof errors.BodyTimeoutError ? stallError(idleMs) : bodyError(error);
}

type Step = IteratorResult<Uint8Array, undefined>;

interface Reader {
  resolve(step: Step): void;
  reject(error: AgproxyError): void;
}

/** For a microtask: `then` on it costs less than `queueMicrotask`, which also tracks async hooks. */
const resolved = Promise.resolve();

const end: Step = { done: true, value: undefined };

/** The body of an answer, one read of the socket at a time. A slow reader slows the upstream (backpressure). */
export class UpstreamBody implements AsyncIterableIterator<Uint8Array, undefined> {
  readonly #controller: Dispatcher.DispatchController;
  #arrived: Buffer[] = [];
  #isOver = false;
  #size = 0;
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

  /** Stops reading and closes the connection. */
  return(): Promise<Step> {
    if (!this.#isOver) {
      this.#isOver = true;
      this.#controller.abort(new AgproxyError("client_closed_request"));
    }
    return Promise.resolve(end);
  }

  /**
   * Takes one piece of the body. A read of the socket brings several at once, so the reader is woken when all have come.
   * A first piece without a reader does not pause undici, which would then parse the rest of the read twice.
   */
  take(bytes: Buffer): void {
    this.#size += bytes.byteLength;
    if (this.#size > textLimitBytes) this.#controller.abort(answerTooLarge());
    const waiting = this.#arrived.push(bytes);
    if (this.#reader !== undefined) {
      if (waiting === 1) void resolved.then(this.#wakeUp);
    } else if (waiting > 1) this.#controller.pause();
  }

  end(): void {
    this.#isOver = true;
    this.#wake();
  }

  /** Ends the body in failure: what has arrived can be read, then the error is thrown. */
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

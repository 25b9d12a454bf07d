import type { IncomingHttpHeaders } from "node:http";
import { type Dispatcher, errors } from "undici";
import { bodyText } from "./body-text.ts";
import { UpstreamBody } from "./upstream-body.ts";
import { type AgproxyError, left } from "../errors/agproxy-error.ts";
import type { HttpResponse } from "./calls.ts";
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

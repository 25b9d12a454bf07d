import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { AgproxyError } from "../errors/agproxy-error.ts";
import { type Member, nowhere, Roster } from "../request/roster.ts";
import { refuseOn } from "./socket-refusal.ts";

/** Answers a request; a promise it returns never rejects. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => unknown;

/** Requests that wait on one connection until those before them are answered. At one more the connection is closed. */
const maxPipelinedRequests = 100;

/** Connections beyond the limit that are being told so; those beyond them are closed at once. */
const refusedAtOnce = 64;
const refusedRetryAfterMs = 1000;

/** How long a client has to read that it is one too many. */
const farewellMs = 2000;

export interface ConnectionTimes {
  /** A client that takes nothing of what is written to it for so long is let go. */
  readonly writeTimeoutMs: number;
  /** How often clients that do not take all at once are looked for. */
  readonly sweepIntervalMs: number;
}

/** A connection of a client. */
interface Connection extends Member {
  readonly socket: Socket;
  isAnswering: boolean;
  /** The requests that wait for the answer before them. */
  readonly waiting: (() => void)[];
  /** The answer under way is over. */
  readonly answered: () => void;
}

/**
 * The connections of clients. Each gets one answer at a time: Node would work on all pipelined requests at once, and keep
 * every answer in memory until the client has read those before it. Only those with something unsent have a timer: the
 * server's `timeout` would refresh one for every connection with each read and write.
 */
export class Connections {
  readonly #open = new Roster<Connection>();
  readonly #bySocket = new WeakMap<Socket, Connection>();
  readonly #answer: Answer;
  readonly #times: ConnectionTimes;
  readonly #server: Server;
  #limit = Infinity;
  #timer: NodeJS.Timeout | undefined;

  /** Answers what arrives at `server`. */
  constructor(server: Server, answer: Answer, times: ConnectionTimes) {
    this.#server = server;
    this.#answer = answer;
    this.#times = times;
    const isTls = "setSecureContext" in server;
    server.on(isTls ? "secureConnection" : "connection", (socket: Socket) => this.#add(socket));
    server.on("request", (request, response) => this.#inTurn(request, response));
    // An expectation that nobody knows may be ignored; Node would answer it with a 417 without a body.
    server.on("checkExpectation", (request, response) => this.#inTurn(request, response));
    server.on("timeout", (socket) => this.#timedOut(socket));
  }

  /** How many are open, upgraded ones included. */
  get size(): number {
    return this.#open.size;
  }

  /** From the next connection on, no more than `connections` are served. */
  limit(connections: number): void {
    this.#limit = connections;
    this.#server.maxConnections = connections + refusedAtOnce;
  }

  #add(socket: Socket): void {
    const connection: Connection = {
      place: nowhere,
      socket,
      isAnswering: false,
      waiting: [],
      answered() {
        connection.isAnswering = false;
        if (!socket.destroyed) connection.waiting.shift()?.();
      },
    };
    this.#bySocket.set(socket, connection);
    this.#open.add(connection);
    socket.once("close", () => this.#open.remove(connection));
    this.#timer ??= setInterval(() => this.#sweep(), this.#times.sweepIntervalMs).unref();
    if (this.#open.size > this.#limit) this.#refuse(socket);
  }

  /** One connection too many is told so, where closing it would look like a broken network. */
  #refuse(socket: Socket): void {
    // Those that only wait for a next request make room for the client after this one.
    this.#server.closeIdleConnections();
    socket.once("error", () => socket.destroy());
    refuseOn(
      socket,
      new AgproxyError("overloaded", undefined, { retryAfter: refusedRetryAfterMs }),
    );
    setTimeout(() => socket.destroy(), farewellMs).unref();
  }

  #inTurn(request: IncomingMessage, response: ServerResponse): void {
    const connection = this.#bySocket.get(request.socket);
    if (connection === undefined) return;
    if (!connection.isAnswering) this.#begin(connection, request, response);
    else if (connection.waiting.length >= maxPipelinedRequests) request.socket.destroy();
    else connection.waiting.push(() => this.#begin(connection, request, response));
  }

  #begin(connection: Connection, request: IncomingMessage, response: ServerResponse): void {
    connection.isAnswering = true;
    response.on("close", connection.answered);
    this.#answer(request, response);
  }

  /** Node starts the timer of a socket again as long as the client takes something. */
  #sweep(): void {
    const { writeTimeoutMs } = this.#times;
    this.#open.each(({ socket }) => {
      if (socket.writableLength > 0 && socket.timeout !== writeTimeoutMs) {
        socket.setTimeout(writeTimeoutMs);
      }
    });
    if (this.#open.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Also called for an idle connection, after the server's keep-alive timeout. One that waits for an upstream stays. */
  #timedOut(socket: Socket): void {
    const isIdle = this.#bySocket.get(socket)?.isAnswering !== true;
    if (isIdle || socket.writableLength > 0) socket.destroy();
  }
}

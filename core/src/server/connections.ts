import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** Answers a request; a promise it returns never rejects. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => unknown;

/** Requests that wait on one connection until those before them are answered. At one more the connection is closed. */
const maxPipelinedRequests = 100;

/**
 * The connections of clients. Each gets one answer at a time: Node would work on all pipelined requests at once, and keep
 * every answer in memory until the client has read those before it.
 */
export class Connections {
  /** The requests that wait, by connection; a connection without a request under way has no entry. */
  readonly #waiting = new Map<Socket, (() => void)[]>();

  /** The same `answer`, which gets the next request of a connection once the one before is answered. */
  inTurn(answer: Answer): Answer {
    const begin = (request: IncomingMessage, response: ServerResponse, queue: (() => void)[]) => {
      const { socket } = request;
      response.once("close", () => {
        const next = socket.destroyed ? undefined : queue.shift();
        if (next === undefined) this.#waiting.delete(socket);
        else next();
      });
      return answer(request, response);
    };
    return (request, response) => {
      const { socket } = request;
      const queue = this.#waiting.get(socket);
      if (queue === undefined) {
        const own: (() => void)[] = [];
        this.#waiting.set(socket, own);
        return begin(request, response, own);
      }
      if (queue.length >= maxPipelinedRequests) socket.destroy();
      else queue.push(() => void begin(request, response, queue));
      return undefined;
    };
  }

  /**
   * Closes a connection on which nothing moved for the server's `timeout`: an idle one, or one whose client does not take
   * what is written to it. One that waits for an upstream stays.
   */
  readonly onTimeout = (socket: Socket): void => {
    const isIdle = !this.#waiting.has(socket);
    if (isIdle || socket.writableLength > 0) socket.destroy();
  };
}

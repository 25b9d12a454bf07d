import { AgproxyError, isObject, type Reply } from "@agproxy/core";
import type { WebSocket } from "ws";

/** Backpressure: above it, the upstream is not read until a slow client has caught up. */
const maxBufferedBytes = 1024 * 1024;

/** The answer to one request of a connection: each event is a text frame. */
export class SocketReply implements Reply {
  readonly #socket: WebSocket;
  readonly #signal: AbortSignal;
  #started = false;

  constructor(socket: WebSocket, signal: AbortSignal) {
    this.#socket = socket;
    this.#signal = signal;
  }

  get started(): boolean {
    return this.#started;
  }

  get gone(): boolean {
    return this.#signal.aborted && !(this.#signal.reason instanceof AgproxyError);
  }

  whole(body: unknown): void {
    void this.#send(JSON.stringify(body));
  }

  /** Source: https://developers.openai.com/api/docs/guides/websocket-mode */
  error({ status }: AgproxyError, body: unknown): void {
    const error = isObject(body) ? body["error"] : body;
    void this.#send(JSON.stringify({ type: "error", status, error }));
  }

  write(frames: string): Promise<void> | undefined {
    const lines = frames.split("\n").filter((line) => line !== "");
    const last = lines.pop();
    for (const line of lines) void this.#send(line);
    return last === undefined ? undefined : this.#send(last);
  }

  end(frames: string): void {
    void this.write(frames);
  }

  #send(text: string): Promise<void> | undefined {
    this.#started = true;
    if (this.#socket.bufferedAmount < maxBufferedBytes) {
      // An error needs no answer here: it ends the connection.
      this.#socket.send(text, () => {});
      return undefined;
    }
    return new Promise((resolve) => {
      this.#socket.send(text, () => resolve());
    });
  }
}

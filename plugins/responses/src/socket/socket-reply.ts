import { type AgproxyError, isObject, type Reply } from "@agproxy/core";
import type { WebSocket } from "ws";

/** How much may wait for a slow client before the upstream has to, in bytes. */
const roomy = 1024 * 1024;

/** The answer to one turn of a connection: each event is a text frame. */
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
    return this.#signal.aborted;
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
    if (this.#socket.bufferedAmount < roomy) {
      // What becomes of it, the connection's own end tells.
      this.#socket.send(text, () => {});
      return undefined;
    }
    return new Promise((resolve) => {
      this.#socket.send(text, () => resolve());
    });
  }
}

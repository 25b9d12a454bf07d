import { randomUUID } from "node:crypto";
import {
  AgproxyError,
  type Caller,
  type Incoming,
  newStamp,
  type PluginContext,
  Fields,
} from "@agproxy/core";
import type { WebSocket } from "ws";
import { lines } from "../output/event-frames.ts";
import { type ResponsesProtocol, responsesProtocol, type Surroundings } from "../protocol.ts";
import { SocketReply } from "./socket-reply.ts";
import type { ConnectionMemory, Remembered } from "../response-request.ts";

/** Turns that may wait for the one under way. */
const mostWaiting = 16;

export interface ConnectionParts {
  readonly agproxy: PluginContext;
  readonly around: Surroundings;
  readonly socket: WebSocket;
  readonly incoming: Incoming;
  readonly caller: Caller;
}

export interface Connection {
  /** Ends the connection, after the turn under way if there is one. Turns that still wait are not begun. */
  leave(): Promise<void>;
}

/**
 * Serves one WebSocket: each `response.create` is a turn, one after the other, through the same hooks as a
 * request over HTTP. The connection remembers its conversation, so that turns go on from each other even
 * where nothing is kept.
 * Source: https://developers.openai.com/api/docs/guides/websocket-mode
 */
export function serveConnection({
  agproxy,
  around,
  socket,
  incoming,
  caller,
}: ConnectionParts): Connection {
  const memory = new ChainMemory();
  const protocol = responsesProtocol(around, { framing: lines, memory });
  const turns = new TurnQueue(mostWaiting);

  async function turn(text: string): Promise<void> {
    if (incoming.signal.aborted) return;
    const reply = new SocketReply(socket, incoming.signal);
    const own = {
      ...incoming,
      id: randomUUID(),
      receivedAt: Date.now(),
      setHeader: () => {},
      noteIgnored: () => {},
    };
    try {
      const message = Fields.of(parsed(text), "");
      if (message.get("type") !== "response.create") {
        around.log.debug({ id: own.id }, "responses: an unknown message is passed over");
        return;
      }
      memory.hear(text.length, message.get("previous_response_id") === undefined);
      const { type: _type, generate, background: _background, ...rest } = message.values;
      const body = { ...rest, stream: true };
      const conversation = { incoming: own, caller, body };
      if (generate === false) await prewarm(protocol, conversation, reply);
      else await agproxy.converse(protocol, conversation, reply);
    } catch (thrown) {
      const error = AgproxyError.from(thrown);
      const { status, code, cause } = error;
      const level = error.type === "server_error" ? "error" : "info";
      around.log[level]({ id: own.id, path: own.path, status, error: code, err: cause }, "refused");
      reply.error(error, protocol.error(error));
    }
  }

  socket.on("message", (data: Buffer) => {
    const text = data.toString("utf8");
    if (!turns.add(() => turn(text))) socket.close(1008, "too many turns at once");
  });

  // At this code clients connect again; what was written before it still arrives.
  return { leave: () => turns.leave().then(() => socket.close(1001, "agproxy is shutting down")) };
}

/** A turn without an answer: what it says is remembered for the next one. */
async function prewarm(
  protocol: ResponsesProtocol,
  { incoming, caller, body }: { incoming: Incoming; caller: Caller; body: unknown },
  reply: SocketReply,
): Promise<void> {
  const { request } = await protocol.decode(body, incoming, caller);
  const stamp = newStamp();
  const encoder = protocol.encoderFor({ incoming, caller, model: request.model, stamp });
  await reply.write(encoder.batch([{ type: "finish", choice: 0, reason: "stop" }]));
  reply.end(await encoder.end());
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Without its cause: V8's own words quote the message.
    throw new AgproxyError("invalid_json", "The message is not valid JSON.");
  }
}

/** The turns of a connection: one after the other, and only so many that wait. */
class TurnQueue {
  readonly #most: number;
  #tail = Promise.resolve();
  #current = Promise.resolve();
  #waiting = 0;
  #leaving = false;

  constructor(most: number) {
    this.#most = most;
  }

  /** Whether there was room for it. */
  add(turn: () => Promise<void>): boolean {
    if (this.#waiting >= this.#most) return false;
    this.#waiting += 1;
    this.#tail = this.#tail.then(() => this.#take(turn));
    return true;
  }

  /** Begins no further turn; resolves once the one under way is over. */
  leave(): Promise<void> {
    this.#leaving = true;
    return this.#current;
  }

  async #take(turn: () => Promise<void>): Promise<void> {
    if (!this.#leaving) await (this.#current = turn());
    this.#waiting -= 1;
  }
}

/** The longest conversation that a connection holds, in characters of its messages. */
const longest = 128 * 1024 * 1024;

/**
 * What a connection knows of its own conversation: the last response, and one before it for a client that
 * tries a turn again. It goes with the connection, so it serves clients that let nothing be kept. A
 * conversation that grows too long is forgotten; its client then sends it as a whole.
 */
class ChainMemory implements ConnectionMemory {
  readonly #known = new Map<string, Remembered>();
  #heard = 0;

  /** Counts a message; one that begins a conversation begins the count. */
  hear(length: number, begins: boolean): void {
    this.#heard = begins ? length : this.#heard + length;
    if (this.#heard > longest) this.#known.clear();
  }

  recall(id: string): Remembered | undefined {
    return this.#known.get(id);
  }

  remember(id: string, conversation: Remembered): void {
    this.#known.set(id, conversation);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= 2) break;
      this.#known.delete(oldest);
    }
  }
}

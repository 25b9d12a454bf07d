import { randomUUID } from "node:crypto";
import {
  AgproxyError,
  type Caller,
  Fields,
  type Incoming,
  type Log,
  newStamp,
  severityOf,
  type PluginContext,
  type Upgrade,
} from "@agproxy/core";
import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import { jsonLines } from "../output/event-frames.ts";
import { type ProtocolContext, type ResponsesProtocol, responsesProtocol } from "../protocol.ts";
import type { ConnectionMemory, RememberedConversation } from "../response-request.ts";
import { countArriving } from "./arriving-bytes.ts";
import { Message } from "./message.ts";
import { deadlineAfter, RequestQueue } from "./request-queue.ts";
import { SocketReply } from "./socket-reply.ts";

export interface ConnectionParts {
  readonly agproxy: PluginContext;
  readonly context: ProtocolContext;
  readonly socket: WebSocket;
  /** What it reads from. */
  readonly raw: Duplex;
  readonly incoming: Incoming;
  readonly caller: Caller;
  readonly message: Upgrade["message"];
}

export interface Connection {
  /** Closes the connection after the response under way. Requests that wait are dropped. */
  leave(): Promise<void>;
}

/**
 * Serves one WebSocket: its `response.create` messages pass the same hooks as requests over HTTP, one after the other.
 * The connection remembers its conversation, so that it can go on where nothing is stored.
 * Source: https://developers.openai.com/api/docs/guides/websocket-mode
 */
export function serveConnection(parts: ConnectionParts): Connection {
  const { context, socket, incoming } = parts;
  const memory = new RecentConversations();
  const protocol = responsesProtocol(context, { framing: jsonLines, memory });
  const queue = new RequestQueue();

  // Before the queue's: what has arrived is the message's from then on.
  countArriving(socket, parts.raw, parts.message, (thrown) => {
    const error = AgproxyError.from(thrown);
    report(context.log, incoming, error);
    new SocketReply(socket, incoming.signal).error(error, protocol.error(error, incoming));
    socket.close(1013, "try again later");
  });
  socket.on("message", (data: Buffer) => {
    const message = new Message(data, parts.message());
    const answer = () => answerMessage(message, { ...parts, memory, protocol });
    if (queue.add(answer, () => message.drop())) return;
    message.drop();
    socket.close(1008, "too many requests at once");
  });

  // At 1001 clients connect again; what was written before it still arrives.
  return { leave: () => queue.leave().then(() => socket.close(1001, "connect again")) };
}

interface OpenConnection extends ConnectionParts {
  readonly memory: RecentConversations;
  readonly protocol: ResponsesProtocol;
}

/** Answers one message, unless its client has left. Never throws: a failure is an answer too. */
async function answerMessage(sent: Message, connection: OpenConnection): Promise<void> {
  const { agproxy, context, socket, incoming: opened, memory, protocol } = connection;
  if (opened.signal.aborted) return;
  const deadline = deadlineAfter(agproxy.server.timeouts.request, opened.signal);
  const { signal } = deadline;
  const reply = new SocketReply(socket, signal);
  const incoming = {
    ...opened,
    signal,
    id: randomUUID(),
    receivedAt: Date.now(),
    setHeader: () => {},
    noteIgnored: () => {},
  };
  try {
    const message = Fields.of(await sent.value(), "");
    if (message.get("type") !== "response.create") {
      context.log.debug({ id: incoming.id }, "responses: ignored a message of unknown type");
      return;
    }
    memory.beginTurn(sent.byteLength, message.get("previous_response_id"));
    await answerRequest(message, incoming, reply, connection);
  } catch (thrown) {
    const error = AgproxyError.from(thrown);
    report(context.log, incoming, error);
    reply.error(error, protocol.error(error, incoming));
  } finally {
    memory.endTurn();
    deadline.stop();
  }
}

async function answerRequest(
  message: Fields,
  incoming: Incoming,
  reply: SocketReply,
  { agproxy, caller, protocol }: OpenConnection,
): Promise<void> {
  const { type: _type, generate, background: _background, ...rest } = message.values;
  const asked = { incoming, caller, body: { ...rest, stream: true } };
  if (generate === false) await answerWithoutModel(protocol, asked, reply);
  else await agproxy.runChat(protocol, asked, reply);
}

/** The same line as that of a request that is refused over HTTP. */
function report(log: Log, incoming: Incoming, error: AgproxyError): void {
  const { status, code, message: reason, advice, cause } = error;
  const { id, method, path, remoteAddress: address } = incoming;
  const line = { id, address, method, path, status, error: code, reason, advice, err: cause };
  log[severityOf(error)](line, "refused");
}

/** A response without output: its request is remembered as the beginning of the next one. */
async function answerWithoutModel(
  protocol: ResponsesProtocol,
  { incoming, caller, body }: { incoming: Incoming; caller: Caller; body: unknown },
  reply: SocketReply,
): Promise<void> {
  const request = await protocol.decode(body, incoming, caller);
  const identity = { caller, model: request.request.model, stamp: newStamp() };
  const encoder = protocol.encoderFor(request, identity);
  await reply.write(encoder.batch([{ type: "finish", choice: 0, reason: "stop" }]));
  reply.end(await encoder.end());
}

/** Of the messages of one conversation. A larger one is forgotten, and its client sends it as a whole. */
const maxConversationBytes = 128 * 1024 * 1024;

/** The last response, and the one before it for clients that send a request again. */
const maxRemembered = 2;

/** The latest responses of a connection, with their conversations. */
class RecentConversations implements ConnectionMemory {
  readonly #conversations = new Map<string, RememberedConversation>();
  #bytes = 0;
  /** What the turn under way continues, as long as that has no answer. */
  #continued: unknown;

  /** A message adds its bytes to those of the conversation that it continues; without one it begins another. */
  beginTurn(bytes: number, previous: unknown): void {
    this.#continued = previous;
    this.#bytes = previous === undefined ? bytes : this.#bytes + bytes;
    if (this.#bytes > maxConversationBytes) this.#conversations.clear();
  }

  /**
   * Forgets what a failed turn continued: at `previous_response_not_found` its client sends the whole conversation,
   * with what was wrong put right. What is stored is still found in the archive.
   */
  endTurn(): void {
    if (typeof this.#continued === "string") this.#conversations.delete(this.#continued);
    this.#continued = undefined;
  }

  recall(id: string): RememberedConversation | undefined {
    return this.#conversations.get(id);
  }

  remember(id: string, conversation: RememberedConversation): void {
    this.#continued = undefined;
    this.#conversations.set(id, conversation);
    for (const oldest of this.#conversations.keys()) {
      if (this.#conversations.size <= maxRemembered) break;
      this.#conversations.delete(oldest);
    }
  }
}

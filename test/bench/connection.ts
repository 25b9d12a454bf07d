import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** One answer as it came: undecoded, so that reading it costs next to nothing while others are measured. */
export interface Received {
  /** Milliseconds on the clock of `performance.now`. */
  readonly sentAt: number;
  /** When the body began: a head may be sent long before there is anything to say. */
  readonly firstAt: number;
  readonly endedAt: number;
  /** Milliseconds of the longest silence between two reads. */
  readonly longestGap: number;
  readonly bytes: Buffer;
}

const lastChunk = Buffer.from("\r\n0\r\n\r\n");

/** A keep-alive connection that has one request under way at a time. Lighter than any HTTP client. */
export class Connection {
  readonly #socket: Socket;
  #reads: Buffer[] = [];
  #received = 0;
  /** Bytes of the whole answer, once its head says so; unknown to the end where it comes in chunks. */
  #length: number | undefined;
  #firstAt = 0;
  #lastAt = 0;
  #longestGap = 0;
  #settle: { done(): void; fail(error: Error): void } | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.setTimeout(15_000, () => socket.destroy(new Error("no byte came for 15 s")));
    socket.on("data", (bytes: Buffer) => this.#take(bytes));
    socket.on("error", (error) => this.#settle?.fail(error));
    socket.on("close", () => this.#settle?.fail(new Error("closed in the middle of an answer")));
  }

  static async open(port: number): Promise<Connection> {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    return new Connection(socket);
  }

  async ask(request: Buffer): Promise<Received> {
    this.#reads = [];
    this.#received = 0;
    this.#length = undefined;
    this.#firstAt = 0;
    this.#longestGap = 0;
    const sentAt = performance.now();
    await new Promise<void>((done, fail) => {
      this.#settle = { done, fail };
      this.#socket.write(request);
    });
    this.#settle = undefined;
    const bytes = Buffer.concat(this.#reads);
    return {
      sentAt,
      firstAt: this.#firstAt,
      endedAt: performance.now(),
      longestGap: this.#longestGap,
      bytes,
    };
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(bytes: Buffer): void {
    const now = performance.now();
    this.#reads.push(bytes);
    this.#received += bytes.length;
    if (this.#firstAt === 0) this.#readHead(Buffer.concat(this.#reads), now);
    else this.#longestGap = Math.max(this.#longestGap, now - this.#lastAt);
    this.#lastAt = now;
    if (this.#length === this.#received || this.#endsInLastChunk()) this.#settle?.done();
  }

  #readHead(start: Buffer, now: number): void {
    const end = start.indexOf("\r\n\r\n") + 4;
    if (end < 4) return;
    const length = /\r\ncontent-length: (\d+)/i.exec(start.toString("latin1", 0, end))?.[1];
    if (length !== undefined) this.#length = end + Number(length);
    if (start.length > end) this.#firstAt = now;
  }

  /** No answer of the mock has this mark in its text. */
  #endsInLastChunk(): boolean {
    const last = this.#reads.at(-1);
    if (last === undefined) return false;
    const short = last.length < lastChunk.length;
    const tail = short ? Buffer.concat(this.#reads.slice(-lastChunk.length)) : last;
    return tail.subarray(-lastChunk.length).equals(lastChunk);
  }
}

export interface Message {
  readonly status: number;
  readonly text: string;
}

/** The status and the body of an answer. */
export function decoded({ bytes }: Received): Message {
  const end = bytes.indexOf("\r\n\r\n");
  const head = bytes.toString("latin1", 0, end);
  const body = bytes.subarray(end + 4);
  const chunked = /\r\ntransfer-encoding: chunked/i.test(head);
  return {
    status: Number(head.split(" ", 2)[1]),
    text: (chunked ? joined(body) : body).toString("utf8"),
  };
}

function joined(body: Buffer): Buffer {
  const chunks: Buffer[] = [];
  let at = 0;
  while (at < body.length) {
    const end = body.indexOf("\r\n", at);
    const size = Number.parseInt(body.toString("latin1", at, end), 16);
    chunks.push(body.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
  return Buffer.concat(chunks);
}

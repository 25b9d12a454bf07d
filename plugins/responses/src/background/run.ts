import type {
  AgproxyError,
  Caller,
  Decoded,
  Encoder,
  Incoming,
  PluginContext,
  Reply,
} from "@agproxy/core";
import type { Answered, ResponsesProtocol } from "../protocol.ts";

export interface RunParts {
  readonly protocol: ResponsesProtocol;
  readonly converse: PluginContext["converse"];
  /** Of the run, not of the client that asked for it. */
  readonly answered: Answered;
  readonly body: unknown;
  readonly decoded: Decoded;
  readonly abort: AbortController;
}

/** One response that goes on without its client. */
export class Run {
  readonly frames = new FrameLog();
  readonly #parts: RunParts;
  #status: "queued" | "in_progress" = "queued";
  #encoder: Encoder | undefined;
  #reason: AgproxyError | undefined;

  constructor(parts: RunParts) {
    this.#parts = parts;
  }

  get id(): string {
    return `resp_${this.#parts.answered.stamp.id}`;
  }

  get caller(): Caller {
    return this.#parts.answered.caller;
  }

  get status(): "queued" | "in_progress" {
    return this.#status;
  }

  get streamed(): boolean {
    return this.#parts.decoded.request.stream;
  }

  /** Ends it: as cancelled, or as failed where there is a reason. */
  stop(reason?: AgproxyError): void {
    this.#reason ??= reason;
    this.#parts.abort.abort();
  }

  /** Resolves once the response is kept as it ended. */
  async carryOut(): Promise<void> {
    const { protocol, converse, answered, body, decoded } = this.#parts;
    let failure: AgproxyError | undefined;
    const reply = this.#reply((error) => (failure = error));
    const conversation = { incoming: answered.incoming, caller: answered.caller, body };
    await converse(
      {
        ...protocol,
        decode: () => decoded,
        encoder: () => {
          this.#status = "in_progress";
          return (this.#encoder = this.#encoderOf());
        },
      },
      conversation,
      reply,
    ).catch((thrown: AgproxyError) => (failure = thrown));
    if (failure !== undefined) {
      const encoder = this.#encoder ?? this.#encoderOf();
      this.frames.push(await encoder.fail(failure));
    }
    this.frames.end();
  }

  /** To the core a run that is ended looks like a client that left; the reason is what it failed of. */
  #encoderOf(): Encoder {
    const encoder = this.#parts.protocol.encoderFor(this.#parts.answered);
    return {
      batch: (events) => encoder.batch(events),
      idle: () => encoder.idle?.() ?? "",
      end: () => encoder.end(),
      fail: (error) => encoder.fail(this.#reason ?? error),
      whole: (answer) => encoder.whole(answer),
    };
  }

  #reply(failed: (error: AgproxyError) => void): Reply {
    const { frames } = this;
    const { signal }: Incoming = this.#parts.answered.incoming;
    let started = false;
    const write = (text: string): undefined => {
      started = true;
      frames.push(text);
    };
    return {
      get started() {
        return started;
      },
      get gone() {
        return signal.aborted;
      },
      whole: () => {},
      error: failed,
      write,
      end: write,
    };
  }
}

/** The events of a stream, from its first: a reader may come late, leave, and come back. */
class FrameLog {
  readonly #frames: string[] = [];
  readonly #waiting = new Set<() => void>();
  #ended = false;

  /** One frame for each event, so that its place is its sequence number. */
  get frames(): readonly string[] {
    return this.#frames;
  }

  push(text: string): void {
    for (const frame of split(text)) this.#frames.push(frame);
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** The frames after an event, and those to come, until the stream ends or the reader leaves. */
  async *follow(after: number, signal: AbortSignal): AsyncGenerator<string, void, undefined> {
    let next = after + 1;
    while (!signal.aborted) {
      if (next < this.#frames.length) {
        const frames = this.#frames.slice(next).join("");
        next = this.#frames.length;
        yield frames;
      } else if (this.#ended) return;
      else await this.#more(signal);
    }
  }

  #more(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        signal.removeEventListener("abort", wake);
        this.#waiting.delete(wake);
        resolve();
      };
      signal.addEventListener("abort", wake);
      this.#waiting.add(wake);
    });
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }
}

function split(text: string): readonly string[] {
  return text
    .split("\n\n")
    .slice(0, -1)
    .map((frame) => `${frame}\n\n`);
}

import {
  type AgproxyError,
  type Caller,
  type Encoder,
  type Incoming,
  type PluginContext,
  type Reply,
  splitSseFrames,
} from "@agproxy/core";
import type { ResponseIdentity, ResponsesProtocol } from "../protocol.ts";
import type { ResponseRequest } from "../response-request.ts";

export interface RunParts {
  readonly protocol: ResponsesProtocol;
  readonly runChat: PluginContext["runChat"];
  /** With the run's own signal: the client that asked may leave. */
  readonly incoming: Incoming;
  readonly identity: ResponseIdentity;
  readonly body: unknown;
  readonly request: ResponseRequest;
  readonly abort: AbortController;
}

/** One background response under way: it goes on when its client leaves. */
export class Run {
  readonly frames = new FrameLog();
  readonly #parts: RunParts;
  #status: "queued" | "in_progress" = "queued";
  #encoder: Encoder | undefined;
  #stopReason: AgproxyError | undefined;

  constructor(parts: RunParts) {
    this.#parts = parts;
  }

  get id(): string {
    return `resp_${this.#parts.identity.stamp.id}`;
  }

  get caller(): Caller {
    return this.#parts.identity.caller;
  }

  get status(): "queued" | "in_progress" {
    return this.#status;
  }

  get streamed(): boolean {
    return this.#parts.request.request.stream;
  }

  /** Ends it: as failed where a reason is given, else as cancelled. */
  stop(reason?: AgproxyError): void {
    this.#stopReason ??= reason;
    this.#parts.abort.abort();
  }

  /** Resolves once the ended response is stored. */
  async carryOut(): Promise<void> {
    const { protocol, runChat, incoming, identity, body, request } = this.#parts;
    let failure: AgproxyError | undefined;
    const reply = this.#reply((error) => (failure = error));
    await runChat(
      {
        ...protocol,
        decode: () => request,
        encoder: () => {
          this.#status = "in_progress";
          return (this.#encoder = this.#newEncoder());
        },
      },
      { incoming, caller: identity.caller, body },
      reply,
    ).catch((thrown: AgproxyError) => (failure = thrown));
    if (failure !== undefined) {
      const encoder = this.#encoder ?? this.#newEncoder();
      this.frames.push(await encoder.fail(failure));
    }
    this.frames.end();
  }

  /** A stopped run looks to the core like a client that left; the encoder tells the real reason. */
  #newEncoder(): Encoder {
    const { protocol, request, identity } = this.#parts;
    const encoder = protocol.encoderFor(request, identity);
    return {
      batch: (events) => encoder.batch(events),
      idle: () => encoder.idle?.() ?? "",
      end: () => encoder.end(),
      fail: (error) => encoder.fail(this.#stopReason ?? error),
      whole: (answer, events) => encoder.whole(answer, events),
    };
  }

  #reply(failed: (error: AgproxyError) => void): Reply {
    const { frames } = this;
    const { signal } = this.#parts.incoming;
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

/** All events of a stream: a reader may come late, leave and come back. */
class FrameLog {
  readonly #frames: string[] = [];
  readonly #wakes = new Set<() => void>();
  #ended = false;

  /** One frame for each event, so that its index is its sequence number. */
  get frames(): readonly string[] {
    return this.#frames;
  }

  push(text: string): void {
    for (const frame of splitSseFrames(text)) this.#frames.push(frame);
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** The frames after the event with this number, until the stream ends or the reader leaves. */
  async *follow(after: number, signal: AbortSignal): AsyncGenerator<string, void, undefined> {
    let next = after + 1;
    while (!signal.aborted) {
      if (next < this.#frames.length) {
        const frames = this.#frames.slice(next).join("");
        next = this.#frames.length;
        yield frames;
      } else if (this.#ended) return;
      else await this.#change(signal);
    }
  }

  /** Resolves at the next change, or when the reader leaves. */
  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        signal.removeEventListener("abort", wake);
        this.#wakes.delete(wake);
        resolve();
      };
      signal.addEventListener("abort", wake);
      this.#wakes.add(wake);
    });
  }

  #wake(): void {
    for (const wake of this.#wakes) wake();
  }
}

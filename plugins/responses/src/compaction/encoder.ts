import { AgproxyError, type Answer, type ChatEvent, type Encoder, type Usage } from "@agproxy/core";
import { type Ending, ending, type Finish, type Answering } from "../output/encoder.ts";
import { type Ended, ResponseFrames } from "../output/response-frames.ts";
import { responseObject, wireUsage } from "../output/response-object.ts";
import { compactionItem, type OutputCompaction } from "./summary.ts";

/**
 * A summary as a Response whose output is one `compaction` item. Clients count them: none, or two, fails
 * their turn, so an answer without text is a failure.
 */
export class CompactionEncoder implements Encoder {
  readonly #answering: Answering;
  readonly #frames: ResponseFrames;
  #summary = "";
  #item: OutputCompaction | undefined;
  #finish: Finish | undefined;
  #usage: Usage | undefined;

  constructor(answering: Answering) {
    const { head, framing, keep } = answering;
    this.#answering = answering;
    this.#frames = new ResponseFrames(head, framing, keep);
  }

  batch(events: readonly ChatEvent[]): string {
    if (events.length > 0) this.#frames.begin();
    for (const event of events) {
      if (event.type === "usage") this.#usage = event.usage;
      else if (event.choice !== 0) continue;
      else if (event.type === "text") this.#summary += event.text;
      else if (event.type === "finish") this.#finish = event;
    }
    return this.#frames.take();
  }

  readonly idle = (): string => this.#frames.idle();

  /** Throws for an answer that failed: the core reports it and asks for `fail`. */
  end(): string | Promise<string> {
    this.#frames.begin();
    const state = ended(this.#finish, this.#summary);
    const item = compactionItem(this.#summary, this.#answering.seed);
    this.#frames.event("response.output_item.added", { output_index: 0, item });
    this.#frames.event("response.output_item.done", { output_index: 0, item });
    this.#item = item;
    return this.#frames.end({ ...state, ...this.#completion(state), ...this.#ended() });
  }

  fail(error: AgproxyError): string | Promise<string> {
    return this.#frames.fail(error, this.#ended());
  }

  whole({ choices: [choice], usage }: Answer): unknown {
    const texts = choice?.content.flatMap((part) => (part.type === "text" ? [part.text] : []));
    const summary = texts?.join("") ?? "";
    const state = ended(choice?.finish, summary);
    const response = responseObject(this.#answering.head, {
      ...state,
      ...this.#completion(state),
      output: [compactionItem(summary, this.#answering.seed)],
      usage: wireUsage(usage),
    });
    return this.#answering.keep?.(response) ?? response;
  }

  #ended(): Ended {
    return { output: this.#item === undefined ? [] : [this.#item], usage: wireUsage(this.#usage) };
  }

  #completion({ status }: Ending): { completedAt?: number } {
    return status === "completed" ? { completedAt: this.#answering.now() } : {};
  }
}

function ended(finish: Finish | undefined, summary: string): Ending {
  if (finish !== undefined && summary.trim() === "") {
    throw new AgproxyError("upstream_failed", "The model wrote no summary of the conversation.");
  }
  return ending(finish, true);
}

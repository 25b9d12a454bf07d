import { AgproxyError, type Answer, type ChatEvent, type Encoder, type Usage } from "@agproxy/core";
import {
  type EncoderOptions,
  type Finish,
  type ResponseEnd,
  responseEnd,
} from "../output/encoder.ts";
import { type PartialOutput, ResponseFrames } from "../output/response-frames.ts";
import { responseObject, wireUsage } from "../output/response-object.ts";
import { compactionItem, type OutputCompaction } from "./summary.ts";

/**
 * Encodes a summary as a Response with one `compaction` item. Clients fail where there is none, or more than one: so an
 * answer without text is a failure.
 */
export class CompactionEncoder implements Encoder {
  readonly #options: EncoderOptions;
  readonly #frames: ResponseFrames;
  #summary = "";
  #item: OutputCompaction | undefined;
  #finish: Finish | undefined;
  #usage: Usage | undefined;

  constructor(options: EncoderOptions) {
    const { head, framing, keep } = options;
    this.#options = options;
    this.#frames = new ResponseFrames(head, framing, keep);
  }

  batch(events: readonly ChatEvent[]): string {
    if (events.length > 0) this.#frames.begin();
    for (const event of events) {
      if (event.type === "usage") this.#usage = event.usage;
      else if (event.choice === 0) this.#read(event);
    }
    return this.#frames.take();
  }

  readonly idle = (): string => this.#frames.idle();

  /** Throws for an answer that failed: the core reports it and calls `fail`. */
  end(): string | Promise<string> {
    this.#frames.begin();
    const state = summaryEnding(this.#finish, this.#summary);
    const item = compactionItem(this.#summary, this.#options.seed);
    this.#frames.event("response.output_item.added", { output_index: 0, item });
    this.#frames.event("response.output_item.done", { output_index: 0, item });
    this.#item = item;
    return this.#frames.end({ ...state, ...this.#completion(state), ...this.#output() });
  }

  fail(error: AgproxyError): string | Promise<string> {
    return this.#frames.fail(error, this.#output());
  }

  whole({ choices: [choice], usage }: Answer): unknown {
    const { head, seed, keep } = this.#options;
    const texts = choice?.content.flatMap((part) => (part.type === "text" ? [part.text] : []));
    const summary = texts?.join("") ?? "";
    const state = summaryEnding(choice?.finish, summary);
    const response = responseObject(head, {
      ...state,
      ...this.#completion(state),
      output: [compactionItem(summary, seed)],
      usage: wireUsage(usage),
    });
    return keep?.(response) ?? response;
  }

  #read(event: Exclude<ChatEvent, { type: "usage" }>): void {
    switch (event.type) {
      case "text":
        this.#summary += event.text;
        return;
      case "finish":
        this.#finish = event;
        return;
      case "reasoning":
      case "refusal":
      case "tool-call":
      case "media":
      case "code":
      case "code-result":
      case "search":
      case "citation":
      case "logprobs":
      case "embedding":
        return;
      default:
        event satisfies never;
    }
  }

  #output(): PartialOutput {
    return { output: this.#item === undefined ? [] : [this.#item], usage: wireUsage(this.#usage) };
  }

  #completion({ status }: ResponseEnd): { completedAt?: number } {
    return status === "completed" ? { completedAt: this.#options.now() } : {};
  }
}

function summaryEnding(finish: Finish | undefined, summary: string): ResponseEnd {
  if (finish !== undefined && summary.trim() === "") {
    throw new AgproxyError("upstream_failed", "The model wrote no summary of the conversation.");
  }
  return responseEnd(finish, true);
}

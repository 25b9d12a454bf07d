import {
  type AgproxyError,
  type Answer,
  type ChatEvent,
  type Choice,
  type Encoder,
  namedSseFrame,
  type Usage,
} from "@agproxy/core";
import { AnswerBlocks, type BlockOptions, type ContentEvent } from "./answer-blocks.ts";
import { type Block, CollectedBlocks, StreamedBlocks } from "./block-sink.ts";
import type { MessageStop } from "./stop-reason.ts";
import { wireUsage } from "./usage.ts";

export interface EncoderOptions extends BlockOptions {
  readonly id: string;
  /** As the client wrote it: clients look up limits and prices by it, and know no other. */
  readonly model: string;
  /**
   * About how many tokens the request has. A stream begins with it, because upstreams count last and some clients look
   * nowhere else.
   */
  readonly inputTokens: number;
  error(error: AgproxyError): object;
}

/**
 * Writes one answer as a message, whole or as a stream.
 * Source: https://docs.claude.com/en/docs/build-with-claude/streaming
 */
export function messageEncoder(options: EncoderOptions): Encoder {
  let prepared: MessageStream | undefined;
  const stream = () => (prepared ??= new MessageStream(options));
  return {
    batch: (events) => stream().batch(events),
    idle: () => event("ping", { type: "ping" }),
    end: () => stream().end(),
    fail: (error) => event("error", options.error(error)),
    whole: (answer) => wholeMessage(answer, options),
  };
}

function event(type: string, data: object): string {
  return namedSseFrame(type, JSON.stringify(data));
}

/** Where an answer ends that has not ended. */
const open = { stop_reason: null, stop_sequence: null, stop_details: null };

function message(
  { id, model }: EncoderOptions,
  content: readonly Block[],
  stop: MessageStop | typeof open,
  usage: object,
) {
  return {
    id,
    type: "message",
    role: "assistant",
    model,
    content,
    ...stop,
    container: null,
    usage,
  };
}

class MessageStream {
  readonly #options: EncoderOptions;
  readonly #sink = new StreamedBlocks();
  readonly #blocks: AnswerBlocks;
  #started = false;
  #usage: Usage | undefined;
  #finish: Choice["finish"] | undefined;

  constructor(options: EncoderOptions) {
    this.#options = options;
    this.#blocks = new AnswerBlocks(this.#sink, options);
  }

  batch(events: readonly ChatEvent[]): string {
    if (events.length === 0) return "";
    for (const one of events) {
      if (one.type === "usage") this.#usage = one.usage;
      // This API has one answer to a request.
      else if (one.choice !== 0) continue;
      else if (one.type === "finish") this.#finish ??= one;
      else this.#blocks.add(one);
    }
    return this.#start() + this.#sink.take();
  }

  /** Throws for an answer that failed: the core reports it and calls `fail`. */
  end(): string {
    const stop = this.#blocks.end(this.#finish);
    const usage = wireUsage(this.#usage, this.#blocks.searches);
    const delta = { type: "message_delta", delta: { ...stop, container: null }, usage };
    const last = event("message_delta", delta) + event("message_stop", { type: "message_stop" });
    return this.#start() + this.#sink.take() + last;
  }

  #start(): string {
    if (this.#started) return "";
    this.#started = true;
    const { inputTokens } = this.#options;
    const usage = this.#usage ?? { inputTokens, outputTokens: 0, totalTokens: inputTokens };
    const begun = message(this.#options, [], open, wireUsage(usage, 0));
    return event("message_start", { type: "message_start", message: begun });
  }
}

function wholeMessage({ choices: [choice], usage }: Answer, options: EncoderOptions) {
  const sink = new CollectedBlocks();
  const blocks = new AnswerBlocks(sink, options);
  for (const one of choice === undefined ? [] : eventsOf(choice)) blocks.add(one);
  const stop = blocks.end(choice?.finish);
  const content = searchesFirst(sink.blocks);
  return message(options, content, stop, wireUsage(usage, blocks.searches));
}

/** A whole answer has its searches where they belong, before the text that they served. */
function searchesFirst(blocks: readonly Block[]): readonly Block[] {
  const others = blocks.filter((block) => !isSearch(block));
  const first = others.findIndex(({ type }) => type === "text");
  return others.toSpliced(first === -1 ? 0 : first, 0, ...blocks.filter(isSearch));
}

function isSearch({ type, name }: Block): boolean {
  return type === "web_search_tool_result" || (type === "server_tool_use" && name === "web_search");
}

/** The events of a collected answer, so that it is built by the same steps as a streamed one. */
function eventsOf({ content, citations }: Choice): readonly ContentEvent[] {
  return [
    ...content.map(contentEvent),
    ...citations.map((citation) => ({ type: "citation", choice: 0, citation }) as const),
  ];
}

function contentEvent(part: Choice["content"][number]): ContentEvent {
  if (part.type !== "media") return { ...part, choice: 0 };
  const { source, mimeType = "application/octet-stream", ...media } = part;
  if (source.kind === "data") return { ...media, mimeType, data: source.data, choice: 0 };
  return { type: "text", text: source.kind === "url" ? source.url : source.id, choice: 0 };
}

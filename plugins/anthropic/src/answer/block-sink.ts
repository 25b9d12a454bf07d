import { namedSseFrame } from "@agproxy/core";
import { textPieces } from "@agproxy/plugin-openai-wire";

/** A content block as it begins, or as it is in a whole answer. */
export type Block = Readonly<Record<string, unknown>> & { readonly type: string };

/** The field that each kind of delta adds to. */
type Kind = "text" | "thinking" | "partial_json" | "signature";

/** Where the blocks of an answer go, one after the other: into a stream, or into a list. */
export interface BlockSink {
  start(block: Block): void;
  /** Adds to the block that is open. */
  add(kind: Kind, text: string): void;
  cite(citation: object): void;
  stop(): void;
}

const deltaTypes: Readonly<Record<Kind, string>> = {
  text: "text_delta",
  thinking: "thinking_delta",
  partial_json: "input_json_delta",
  signature: "signature_delta",
};

/**
 * Writes blocks as events. Source: https://docs.claude.com/en/docs/build-with-claude/streaming#event-types
 *
 * What is equal in the deltas of one block is written once, so that a piece of text costs one small string.
 */
export class StreamedBlocks implements BlockSink {
  #index = -1;
  #frames = "";

  /** What was written since the last call. */
  take(): string {
    const frames = this.#frames;
    this.#frames = "";
    return frames;
  }

  start(block: Block): void {
    this.#index += 1;
    const begun = JSON.stringify(block);
    this.#write("content_block_start", `"content_block":${begun}`);
  }

  add(kind: Kind, text: string): void {
    for (const piece of textPieces(text)) {
      this.#delta(`{"type":"${deltaTypes[kind]}","${kind}":${JSON.stringify(piece)}}`);
    }
  }

  cite(citation: object): void {
    this.#delta(JSON.stringify({ type: "citations_delta", citation }));
  }

  stop(): void {
    const data = `{"type":"content_block_stop","index":${this.#index}}`;
    this.#frames += namedSseFrame("content_block_stop", data);
  }

  #delta(delta: string): void {
    this.#write("content_block_delta", `"delta":${delta}`);
  }

  #write(type: string, field: string): void {
    this.#frames += namedSseFrame(type, `{"type":"${type}","index":${this.#index},${field}}`);
  }
}

/** Gathers blocks. */
export class CollectedBlocks implements BlockSink {
  readonly blocks: Block[] = [];
  #open: Block = { type: "text" };
  #texts = new Map<Kind, string>();
  #citations: object[] = [];

  start(block: Block): void {
    this.#open = block;
    this.#texts = new Map();
    this.#citations = [];
  }

  add(kind: Kind, text: string): void {
    this.#texts.set(kind, (this.#texts.get(kind) ?? "") + text);
  }

  cite(citation: object): void {
    this.#citations.push(citation);
  }

  stop(): void {
    const { partial_json: json, ...texts } = Object.fromEntries(this.#texts);
    const input = json === undefined ? {} : { input: JSON.parse(json) as unknown };
    const citations = this.#citations.length === 0 ? {} : { citations: this.#citations };
    this.blocks.push({ ...this.#open, ...texts, ...input, ...citations });
  }
}

import type { ChatEvent, Choice, Citation } from "@agproxy/core";
import { digestOf, type Signed } from "../signatures.ts";
import type { ThinkingDisplay } from "../request/settings.ts";
import type { BlockSink } from "./block-sink.ts";
import { callInput, codeResult, mediumLink, searchResults, webCitation } from "./block-content.ts";
import { messageStop, type MessageStop } from "./stop-reason.ts";

/** Events that are content. An answer on this wire has no probabilities and no vectors. */
export type ContentEvent = Exclude<ChatEvent, { type: "usage" | "finish" }>;

export interface BlockOptions {
  readonly display: ThinkingDisplay;
  /** The ids of tools that run at the vendor contain it. */
  readonly seed: string;
  /** Makes a thinking block's `signature`. */
  token(signed: readonly Signed[]): string;
}

/**
 * Makes blocks of the events of an answer: the same ones for a stream and for a whole answer.
 *
 * A signature ends its part, and a thinking block carries it: before a call the open one or a new one, after a text the next
 * one, before whatever follows. Clients send thinking blocks back unchanged and in their place. Nothing follows the last text:
 * clients take the last block for the answer, so its signature is left out. Vendors insist on those of calls only.
 */
export class AnswerBlocks {
  readonly #sink: BlockSink;
  readonly #options: BlockOptions;
  #open: "text" | "thinking" | undefined;
  /** The text of the open block: a signature names it. */
  #text = "";
  /** Whether no more text may come into the open block. It stays open for citations. */
  #isTextSigned = false;
  #calls = 0;
  #anything = false;
  #serverCalls = 0;
  /** The id of the code that has no result yet. */
  #code: string | undefined;
  readonly #queries: string[] = [];
  readonly #citations: Citation[] = [];
  /** Signatures of what is written, for the next thinking block. */
  #pending: Signed[] = [];

  constructor(sink: BlockSink, options: BlockOptions) {
    this.#sink = sink;
    this.#options = options;
  }

  /** How many searches of the web there were. */
  get searches(): number {
    return this.#queries.length;
  }

  add(event: ContentEvent): void {
    const { signature } = event;
    switch (event.type) {
      case "text":
      case "refusal":
        return this.#addText(event.text, signature);
      case "media":
        return this.#addText(mediumLink(event), signature);
      case "reasoning":
        return this.#addThought(event.text, signature);
      case "tool-call":
        return this.#addCall(event);
      case "code":
        return this.#addCode(event.code, signature);
      case "code-result":
        return this.#addCodeResult(event);
      case "search":
        for (const query of event.queries) this.#queries.push(query);
        return;
      case "citation":
        this.#citations.push(event.citation);
        return;
      case "logprobs":
      case "embedding":
        return;
      default:
        event satisfies never;
    }
  }

  /** Writes what waits for the end of the answer and closes the last block. Throws for an answer that failed. */
  end(finish: Choice["finish"] | undefined): MessageStop {
    const stop = messageStop(finish, { calls: this.#calls, anything: this.#anything });
    if (this.#citations.length > 0) {
      if (this.#open !== "text") this.#begin("text");
      for (const citation of this.#citations) this.#sink.cite(webCitation(citation));
    }
    this.#close();
    this.#writeSearches();
    return stop;
  }

  #addText(text: string, signature: string | undefined): void {
    if (text !== "") {
      this.#begin("text");
      this.#anything = true;
      this.#text += text;
      this.#sink.add("text", text);
    }
    if (signature === undefined || this.#options.display === "hidden") return;
    const isOpen = this.#open === "text" && !this.#isTextSigned;
    const digest = isOpen ? digestOf(this.#text) : undefined;
    this.#isTextSigned = isOpen;
    this.#pending.push(
      digest === undefined ? { of: "nothing", signature } : { of: "text", digest, signature },
    );
  }

  #addThought(text: string, signature: string | undefined): void {
    const { display } = this.#options;
    if (display === "hidden") return;
    this.#begin("thinking");
    if (display === "shown" && text !== "") this.#sink.add("thinking", text);
    if (signature !== undefined) this.#carry({ of: "thought", signature });
  }

  #addCall(call: Extract<ChatEvent, { type: "tool-call" }>): void {
    const { id, name, signature } = call;
    this.#beginCall({ of: "call", id, signature });
    this.#calls += 1;
    this.#anything = true;
    this.#writeCall("tool_use", id, name, callInput(call.arguments));
  }

  #addCode(code: string, signature: string | undefined): void {
    const id = this.#serverCallId();
    this.#beginCall({ of: "call", id, signature });
    this.#anything = true;
    this.#code = id;
    this.#writeCall("server_tool_use", id, "code_execution", JSON.stringify({ code }));
  }

  #addCodeResult(event: Extract<ChatEvent, { type: "code-result" }>): void {
    const id = this.#code ?? this.#serverCallId();
    this.#code = undefined;
    this.#beginCall({ of: "result", id, signature: event.signature });
    this.#sink.start(codeResult(id, event));
    this.#sink.stop();
  }

  /** Upstreams report a search when it is over, and what it found even later. */
  #writeSearches(): void {
    let found: readonly Citation[] = this.#citations;
    for (const query of this.#queries) {
      const id = this.#serverCallId();
      this.#writeCall("server_tool_use", id, "web_search", JSON.stringify({ query }));
      this.#sink.start(searchResults(id, found));
      this.#sink.stop();
      // Nobody says which search found what.
      found = [];
    }
  }

  #writeCall(type: string, id: string, name: string, input: string): void {
    this.#sink.start({ type, id, name, input: {}, caller: { type: "direct" } });
    this.#sink.add("partial_json", input);
    this.#sink.stop();
  }

  #serverCallId(): string {
    this.#serverCalls += 1;
    return `srvtoolu_${this.#options.seed}_${this.#serverCalls}`;
  }

  /** Ends what is open, with the signature of what follows. */
  #beginCall(call: { of: "call" | "result"; id: string; signature: string | undefined }): void {
    const { signature } = call;
    if (signature !== undefined) this.#carry({ ...call, signature });
    else this.#carryPending();
    this.#close();
  }

  /** Puts a signature into the open thinking block, or into one of its own. Clients that asked for no thinking get none. */
  #carry(signed: Signed): void {
    if (this.#options.display === "hidden") return;
    this.#pending.push(signed);
    this.#begin("thinking");
    this.#close();
  }

  #carryPending(): void {
    if (this.#options.display === "hidden" || this.#pending.length === 0) return;
    this.#begin("thinking");
    this.#close();
  }

  #begin(kind: "text" | "thinking"): void {
    if (this.#open === kind && !this.#isTextSigned) return;
    if (kind === "text") this.#carryPending();
    this.#close();
    this.#open = kind;
    this.#sink.start(
      kind === "text"
        ? { type: "text", text: "" }
        : { type: "thinking", thinking: "", signature: "" },
    );
  }

  #close(): void {
    if (this.#open === undefined) return;
    if (this.#open === "thinking") {
      this.#sink.add("signature", this.#options.token(this.#pending));
      this.#pending = [];
    }
    this.#sink.stop();
    this.#open = undefined;
    this.#text = "";
    this.#isTextSigned = false;
  }
}

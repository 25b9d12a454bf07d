import type { ToolNames } from "../tool-names.ts";
import { callItem, callPrefixes } from "./call-item.ts";
import { CodeItem } from "./code-item.ts";
import type { ContentEvent, EventOf } from "./content-event.ts";
import type { EventSink } from "./event-frames.ts";
import { imageItem } from "./image-item.ts";
import { MessageItem } from "./message-item.ts";
import type { OutputItem } from "./output-item.ts";
import { PendingSignatures, type TokenMaker } from "./pending-signatures.ts";
import type { ItemStatus, Place } from "./place.ts";
import { ReasoningItem } from "./reasoning-item.ts";
import { signableContents } from "./signable-contents.ts";
import { TextNotes } from "./text-notes.ts";

const codeStatus = { ok: "completed", failed: "failed", timeout: "incomplete" } as const;

/**
 * Builds output items from the events of one answer, and tells the sink each step. One item is open at a
 * time and is closed before the next begins, so that indices rise and nothing interleaves.
 */
export class Ladder {
  readonly #sink: EventSink;
  readonly #seed: string;
  readonly #names: ToolNames;
  readonly #items: OutputItem[] = [];
  readonly #pending: PendingSignatures;
  readonly #notes = new TextNotes();
  #open: MessageItem | ReasoningItem | CodeItem | undefined;
  /** Characters of the answer's text so far. */
  #written = 0;

  /** Item ids are made of `seed`. */
  constructor(sink: EventSink, seed: string, names: ToolNames, token: TokenMaker) {
    this.#sink = sink;
    this.#seed = seed;
    this.#names = names;
    this.#pending = new PendingSignatures(token);
  }

  /** The items that are finished. */
  get items(): readonly OutputItem[] {
    return this.#items;
  }

  /** Whether there is anything but thoughts. */
  get saidSomething(): boolean {
    const open = this.#open !== undefined && this.#open.type !== "reasoning";
    return open || this.#items.some((item) => item.type !== "reasoning");
  }

  add(event: ContentEvent): void {
    switch (event.type) {
      case "text":
        return this.#text(event);
      case "reasoning":
        return this.#reasoning(event);
      case "refusal":
        return this.#refusal(event);
      case "tool-call":
        return this.#call(event);
      case "media":
        return this.#media(event);
      case "code":
        return this.#code(event);
      case "code-result":
        return this.#codeResult(event);
      case "citation":
        return this.#notes.cite(event.citation);
      case "logprobs":
        return this.#notes.weigh(event.tokens);
    }
  }

  /**
   * Closes what is open. `status` is the last item's own: the answer may have ended in the middle of it.
   * Citations with no text to stand at get an empty one; probabilities of tokens that are no text have no
   * place in this API.
   */
  close(status: ItemStatus): void {
    this.#closeOpen(status);
    if (this.#notes.cited) {
      this.#message().text(this.#written);
      this.#closeOpen(status);
    }
    this.#carryPending();
  }

  #text({ text, signature }: EventOf<"text">): void {
    if (text !== "") {
      this.#message().text(this.#written).add(text);
      this.#written += text.length;
    }
    if (signature !== undefined) this.#signText(signature, "output_text");
  }

  #refusal({ text, signature }: EventOf<"refusal">): void {
    if (text !== "") this.#message().refusal().add(text);
    if (signature !== undefined) this.#signText(signature, "refusal");
  }

  /** A signature without a text of its own belongs to the text before it. */
  #signText(signature: string, type: "output_text" | "refusal"): void {
    const part = this.#open?.type === "message" ? this.#open.seal(type) : undefined;
    if (part === undefined) this.#pending.empty("text", signature);
    else this.#signContent(part.text, signature);
  }

  #signContent(content: string, signature: string | undefined): void {
    if (signature === undefined) return;
    const open =
      this.#open === undefined || this.#open.type === "reasoning" ? [] : [this.#open.soFar];
    this.#pending.content(content, signature, signableContents([...this.#items, ...open]));
  }

  #reasoning({ text, signature }: EventOf<"reasoning">): void {
    if (text !== "") this.#thoughts().add(text);
    if (signature === undefined) return;
    if (this.#open?.type === "reasoning" && this.#open.writing) this.#open.sign(signature);
    else this.#pending.empty("reasoning", signature);
  }

  /** A call's signature travels in the reasoning item before it: an open one, or one made for it. */
  #call(event: EventOf<"tool-call">): void {
    this.#pending.call(event.id, event.signature);
    this.#closeOpen("completed");
    this.#carryPending();
    const origin = this.#names.origin(event.name);
    const place = this.#place(callPrefixes[origin.kind]);
    this.#items.push(callItem(this.#sink, place, origin, event));
  }

  /** The API has an item for pictures only; any other medium is a link that holds it. */
  #media({ media, mimeType, data, signature }: EventOf<"media">): void {
    this.#signContent(data, signature);
    if (media === "image") {
      this.#closeOpen("completed");
      this.#items.push(imageItem(this.#sink, this.#place("ig"), data));
      return;
    }
    const message = this.#message();
    message.endPart();
    message.text(this.#written).add(`[${media}](data:${mimeType};base64,${data})`);
    message.endPart();
  }

  #code({ code, signature }: EventOf<"code">): void {
    this.#signContent(code, signature);
    this.#closeOpen("completed");
    this.#open = new CodeItem(this.#sink, this.#place("ci"), code);
  }

  #codeResult({ outcome, output, signature }: EventOf<"code-result">): void {
    this.#signContent(output, signature);
    if (this.#open?.type !== "code_interpreter_call") this.#closeOpen("completed");
    const item = this.#open ?? new CodeItem(this.#sink, this.#place("ci"), "");
    this.#open = undefined;
    if (item.type === "code_interpreter_call") {
      this.#items.push(item.close(codeStatus[outcome], output));
    }
  }

  #message(): MessageItem {
    if (this.#open?.type === "message") return this.#open;
    this.#closeOpen("completed");
    const item = new MessageItem(this.#sink, this.#place("msg"), this.#notes);
    this.#open = item;
    return item;
  }

  #thoughts(): ReasoningItem {
    if (this.#open?.type === "reasoning") return this.#open;
    this.#closeOpen("completed");
    const item = new ReasoningItem(this.#sink, this.#place("rs"));
    this.#open = item;
    return item;
  }

  #closeOpen(status: ItemStatus): void {
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined) return;
    if (open.type !== "reasoning") this.#items.push(open.close(status));
    else this.#items.push(open.close(status, this.#pending.take(open.signatures)));
  }

  /** Signatures that found no reasoning item get one of their own. */
  #carryPending(): void {
    if (this.#pending.none) return;
    const item = new ReasoningItem(this.#sink, this.#place("rs"));
    this.#items.push(item.close("completed", this.#pending.take([])));
  }

  /** The place of the next item; nothing is open. */
  #place(kind: string): Place {
    const output_index = this.#items.length;
    return { item_id: `${kind}_${this.#seed}_${output_index}`, output_index };
  }
}

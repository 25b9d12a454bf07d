import type { ToolNames } from "../tool-names.ts";
import { callItem, callPrefixes } from "./call-item.ts";
import { CodeItem, codeStatus, imageItem } from "./hosted-items.ts";
import type { EventSink, ItemStatus } from "./event-frames.ts";
import { FinishedItems, type OutputItem, Searches, signableContents } from "./output-items.ts";
import { MessageItem } from "./message-item.ts";
import { PendingSignatures, type TokenMaker } from "../signatures.ts";
import { ReasoningItem } from "./reasoning-item.ts";
import { TextNotes } from "./text-part.ts";
import type { ChatEvent } from "@agproxy/core";

/**
 * Builds output items from the events of one answer, and tells the sink each step. One item is open at a
 * time and is closed before the next begins, so that indices rise and nothing interleaves.
 */
export class Ladder {
  readonly #sink: EventSink;
  readonly #names: ToolNames;
  readonly #items: FinishedItems;
  readonly #searches: Searches;
  readonly #pending: PendingSignatures;
  readonly #notes = new TextNotes();
  #open: MessageItem | ReasoningItem | CodeItem | undefined;
  /** Characters of the answer's text so far. */
  #written = 0;

  /** Item ids are made of `seed`. */
  constructor(sink: EventSink, seed: string, names: ToolNames, token: TokenMaker) {
    this.#sink = sink;
    this.#items = new FinishedItems(seed);
    this.#searches = new Searches(sink, this.#items);
    this.#names = names;
    this.#pending = new PendingSignatures(token);
  }

  /** The items that are finished. */
  get items(): readonly OutputItem[] {
    return this.#items.all;
  }

  /** Whether there is anything but thoughts and searches. */
  get saidSomething(): boolean {
    const open = this.#open !== undefined && this.#open.type !== "reasoning";
    return open || this.#items.saySomething;
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
      case "search":
        return this.#search(event);
      case "citation":
        return this.#notes.cite(event.citation);
      case "logprobs":
        return this.#notes.weigh(event.tokens);
      case "embedding":
        return undefined;
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
    this.#pending.content(content, signature, signableContents([...this.#items.all, ...open]));
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
    const place = this.#items.nextPlace(callPrefixes[origin.kind]);
    this.#items.add(callItem(this.#sink, place, origin, event));
  }

  /** The API has an item for pictures only; any other medium is a link that holds it. */
  #media({ media, mimeType, data, signature }: EventOf<"media">): void {
    this.#signContent(data, signature);
    if (media === "image") {
      this.#closeOpen("completed");
      this.#items.add(imageItem(this.#sink, this.#items.nextPlace("ig"), data));
      return;
    }
    this.#message().link(`[${media}](data:${mimeType};base64,${data})`, this.#written);
  }

  #code({ code, signature }: EventOf<"code">): void {
    this.#signContent(code, signature);
    this.#closeOpen("completed");
    this.#open = new CodeItem(this.#sink, this.#items.nextPlace("ci"), code);
  }

  #codeResult({ outcome, output, signature }: EventOf<"code-result">): void {
    this.#signContent(output, signature);
    if (this.#open?.type !== "code_interpreter_call") this.#closeOpen("completed");
    const item = this.#open ?? new CodeItem(this.#sink, this.#items.nextPlace("ci"), "");
    this.#open = undefined;
    if (item.type === "code_interpreter_call") {
      this.#items.add(item.close(codeStatus[outcome], output));
    }
    this.#searches.tell();
  }

  #search({ queries }: EventOf<"search">): void {
    this.#searches.add(queries);
    if (this.#open === undefined) this.#searches.tell();
  }

  #message(): MessageItem {
    if (this.#open?.type === "message") return this.#open;
    this.#closeOpen("completed");
    const item = new MessageItem(this.#sink, this.#items.nextPlace("msg"), this.#notes);
    this.#open = item;
    return item;
  }

  #thoughts(): ReasoningItem {
    if (this.#open?.type === "reasoning") return this.#open;
    this.#closeOpen("completed");
    const item = new ReasoningItem(this.#sink, this.#items.nextPlace("rs"));
    this.#open = item;
    return item;
  }

  #closeOpen(status: ItemStatus): void {
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined) return;
    if (open.type !== "reasoning") this.#items.add(open.close(status));
    else this.#items.add(open.close(status, this.#pending.take(open.signatures)));
    this.#searches.tell();
  }

  /** Signatures that found no reasoning item get one of their own. */
  #carryPending(): void {
    if (this.#pending.none) return;
    const item = new ReasoningItem(this.#sink, this.#items.nextPlace("rs"));
    this.#items.add(item.close("completed", this.#pending.take([])));
  }
}

/** An event that adds to the output. */
export type ContentEvent = Exclude<ChatEvent, { type: "finish" | "usage" }>;

export type EventOf<Type extends ContentEvent["type"]> = Extract<ContentEvent, { type: Type }>;

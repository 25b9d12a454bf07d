import type { ChatEvent } from "@agproxy/core";
import { PendingSignatures, type TokenMaker } from "../signatures.ts";
import type { ToolNames } from "../tool-names.ts";
import { callItem, callPrefixes } from "./call-item.ts";
import type { EventSink, ItemStatus } from "./event-frames.ts";
import { CodeItem, codeStatus, imageItem } from "./hosted-items.ts";
import { MessageItem } from "./message-item.ts";
import { FinishedItems, type OutputItem, WaitingSearches } from "./output-items.ts";
import { ReasoningItem } from "./reasoning-item.ts";
import { TextNotes } from "./text-part.ts";

/** An event that adds to the output. */
export type ContentEvent = Exclude<ChatEvent, { type: "finish" | "usage" }>;

type EventOf<Type extends ContentEvent["type"]> = Extract<ContentEvent, { type: Type }>;

/**
 * Builds output items from the events of one answer, and sends an event for each step. Only one item is open at a time:
 * clients expect rising indices, and no events of another item in between.
 */
export class OutputBuilder {
  readonly #sink: EventSink;
  readonly #names: ToolNames;
  readonly #items: FinishedItems;
  readonly #searches: WaitingSearches;
  readonly #pending: PendingSignatures;
  readonly #notes = new TextNotes();
  #open: MessageItem | ReasoningItem | CodeItem | undefined;
  /** In characters. Citations count from the beginning of the answer, annotations from that of their text. */
  #textLength = 0;

  /** The ids of the items contain `seed`. */
  constructor(sink: EventSink, seed: string, names: ToolNames, token: TokenMaker) {
    this.#sink = sink;
    this.#items = new FinishedItems(seed);
    this.#searches = new WaitingSearches(sink, this.#items);
    this.#names = names;
    this.#pending = new PendingSignatures(token);
  }

  /** The finished items. */
  get items(): readonly OutputItem[] {
    return this.#items.all;
  }

  /** Whether there is anything but reasoning and searches. */
  get hasAnswer(): boolean {
    const open = this.#open !== undefined && this.#open.type !== "reasoning";
    return open || this.#items.hasAnswer;
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
        return this.#notes.addCitation(event.citation);
      case "logprobs":
        return this.#notes.addLogprobs(event.tokens);
      case "embedding":
        return undefined;
      default:
        event satisfies never;
    }
  }

  /**
   * Closes the open item, with this status: the answer may have ended in the middle of it. Citations without a text get
   * an empty one. Logprobs without a text are dropped: this API has no place for them.
   */
  close(status: ItemStatus): void {
    this.#closeOpen(status);
    if (this.#notes.hasCitations) {
      this.#message().text(this.#textLength);
      this.#closeOpen(status);
    }
    this.#writePending();
  }

  #text({ text, signature }: EventOf<"text">): void {
    if (text !== "") {
      this.#message().text(this.#textLength).add(text);
      this.#textLength += text.length;
    }
    if (signature !== undefined) this.#signText(signature, "output_text");
  }

  #refusal({ text, signature }: EventOf<"refusal">): void {
    if (text !== "") this.#message().refusal().add(text);
    if (signature !== undefined) this.#signText(signature, "refusal");
  }

  /** A signature without a text of its own belongs to the text before it. */
  #signText(signature: string, type: "output_text" | "refusal"): void {
    const part = this.#open?.type === "message" ? this.#open.markSigned(type) : undefined;
    if (part === undefined) this.#pending.addEmpty("text", signature);
    else this.#pending.addContent(part.text, signature);
  }

  /** Signs a content that comes after the open part. The part ends first: an equal one must be counted. */
  #signContent(content: string, signature: string | undefined): void {
    if (signature === undefined) return;
    if (this.#open?.type === "message") this.#open.endPart();
    this.#pending.addContent(content, signature);
  }

  #reasoning({ text, signature }: EventOf<"reasoning">): void {
    if (text !== "") this.#reasoningItem().add(text);
    if (signature === undefined) return;
    if (this.#open?.type === "reasoning" && this.#open.hasOpenText) this.#open.sign(signature);
    else this.#pending.addEmpty("reasoning", signature);
  }

  /** A call's signature travels in the reasoning item before it: the open one, or one that is made for it. */
  #call(event: EventOf<"tool-call">): void {
    this.#pending.addCall(event.id, event.signature);
    this.#closeOpen("completed");
    this.#writePending();
    const origin = this.#names.origin(event.name);
    const place = this.#items.nextPlace(callPrefixes[origin.kind]);
    this.#items.add(callItem(this.#sink, place, origin, event));
  }

  /** The API has an item for pictures only; any other medium becomes a link with a data URL. */
  #media({ media, mimeType, data, signature }: EventOf<"media">): void {
    if (media === "image") {
      this.#signContent(data, signature);
      this.#closeOpen("completed");
      this.#items.add(imageItem(this.#sink, this.#items.nextPlace("ig"), data));
      this.#pending.countContent(data);
      return;
    }
    const link = `[${media}](data:${mimeType};base64,${data})`;
    this.#signContent(link, signature);
    this.#message().link(link, this.#textLength);
  }

  #code({ code, signature }: EventOf<"code">): void {
    this.#signContent(code, signature);
    this.#closeOpen("completed");
    this.#open = new CodeItem(this.#sink, this.#items.nextPlace("ci"), code);
    this.#pending.countContent(code);
  }

  #codeResult({ outcome, output, signature }: EventOf<"code-result">): void {
    this.#signContent(output, signature);
    if (this.#open?.type !== "code_interpreter_call") this.#closeOpen("completed");
    const item = this.#open ?? new CodeItem(this.#sink, this.#items.nextPlace("ci"), "");
    this.#open = undefined;
    if (item.type === "code_interpreter_call") {
      this.#items.add(item.close(codeStatus[outcome], output));
      this.#pending.countContent(output);
    }
    this.#searches.write();
  }

  #search({ queries }: EventOf<"search">): void {
    this.#searches.add(queries);
    if (this.#open === undefined) this.#searches.write();
  }

  /** The open message, or a new one. */
  #message(): MessageItem {
    if (this.#open?.type === "message") return this.#open;
    this.#closeOpen("completed");
    const place = this.#items.nextPlace("msg");
    const item = new MessageItem(this.#sink, place, this.#notes, (text) =>
      this.#pending.countContent(text),
    );
    this.#open = item;
    return item;
  }

  /** The open reasoning item, or a new one. */
  #reasoningItem(): ReasoningItem {
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
    this.#searches.write();
  }

  /** Signatures that no reasoning item has taken get one of their own. */
  #writePending(): void {
    if (this.#pending.isEmpty) return;
    const item = new ReasoningItem(this.#sink, this.#items.nextPlace("rs"));
    this.#items.add(item.close("completed", this.#pending.take([])));
  }
}

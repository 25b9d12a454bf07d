import type { Message, Part, ToolResultPart } from "@agproxy/core";
import { withMedia } from "@agproxy/plugin-openai-wire";
import { contentKeys, type Signatures } from "../signatures.ts";

/**
 * Builds messages from input items: the items of one assistant turn become one message, and so do the results of its
 * calls. Each signature goes back on the part that had it.
 */
export class MessageBuilder {
  readonly #messages: Message[] = [];
  #turn: Part[] = [];
  #results: ToolResultPart[] = [];
  #unknown: Part[] = [];
  #contentSignatures = new Map<string, string>();
  readonly #callSignatures = new Map<string, string>();

  /** Adds a message that is not the assistant's. */
  add(role: Message["role"], content: readonly Part[]): void {
    this.#endTurn();
    if (content.length > 0) this.#messages.push({ role, content });
  }

  addAssistant(parts: readonly Part[]): void {
    this.#beginTurn();
    for (const part of parts) this.#turn.push(part);
  }

  addResult(part: ToolResultPart): void {
    this.#endCalls();
    this.#results.push(part);
  }

  /** Adds an item of unknown type as text. It waits for the end of the turn: vendors refuse it between call and result. */
  addUnknown(text: string): void {
    this.#unknown.push({ type: "text", text });
  }

  addSignatures(signatures: Signatures): void {
    this.#beginTurn();
    for (const [id, signature] of signatures.calls) this.#callSignatures.set(id, signature);
    for (const [key, signature] of signatures.contents) this.#contentSignatures.set(key, signature);
  }

  build(): readonly Message[] {
    this.#endTurn();
    return this.#callSignatures.size === 0 ? this.#messages : this.#messages.map(this.#signCalls);
  }

  #beginTurn(): void {
    if (this.#results.length > 0 || (this.#unknown.length > 0 && this.#turn.length === 0)) {
      this.#endTurn();
    }
  }

  #endCalls(): void {
    if (this.#turn.length > 0) {
      // Split media links after signing: keys are made of the unsplit text.
      const content = withMedia(this.#signedTurn(), true);
      this.#messages.push({ role: "assistant", content });
    }
    this.#turn = [];
    this.#contentSignatures = new Map();
  }

  #endTurn(): void {
    this.#endCalls();
    if (this.#results.length > 0) this.#messages.push({ role: "tool", content: this.#results });
    if (this.#unknown.length > 0) this.#messages.push({ role: "user", content: this.#unknown });
    this.#results = [];
    this.#unknown = [];
  }

  /** Only the turn that a token came with: an equal text of another turn was not signed. */
  #signedTurn(): readonly Part[] {
    const signatures = this.#contentSignatures;
    if (signatures.size === 0) return this.#turn;
    const keyOf = contentKeys();
    return this.#turn.map((part) => {
      const content = part.signature === undefined ? signableContent(part) : undefined;
      const signature = content === undefined ? undefined : signatures.get(keyOf(content));
      return signature === undefined ? part : { ...part, signature };
    });
  }

  readonly #signCalls = (message: Message): Message => {
    const signed = (part: Part): Part => {
      const signature = part.type === "tool-call" ? this.#callSignatures.get(part.id) : undefined;
      return signature === undefined ? part : { ...part, signature };
    };
    return message.role === "assistant"
      ? { ...message, content: message.content.map(signed) }
      : message;
  };
}

/** What a part's signature is found by; undefined for parts that are signed in another way, or never. */
function signableContent(part: Part): string | undefined {
  switch (part.type) {
    case "text":
    case "refusal":
      return part.text;
    case "media":
      return part.source.kind === "data" ? part.source.data : undefined;
    case "code":
      return part.code;
    case "code-result":
      return part.output;
    case "reasoning":
    case "tool-call":
    case "tool-result":
    case "search":
      return undefined;
  }
}

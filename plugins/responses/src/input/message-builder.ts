import type { Message, Part, ToolResultPart } from "@agproxy/core";
import { contentKeys } from "../signatures.ts";
import type { Signatures } from "../signatures.ts";

/**
 * Gathers input items into messages: the items of one assistant turn become one message, and so do the
 * results of its calls. Signatures go back on exactly the parts that had them.
 */
export class Conversation {
  readonly #messages: Message[] = [];
  #turn: Part[] = [];
  #results: ToolResultPart[] = [];
  #carried: Part[] = [];
  #contentSignatures = new Map<string, string>();
  readonly #callSignatures = new Map<string, string>();

  message(role: Message["role"], content: readonly Part[]): void {
    this.#endTurn();
    if (content.length > 0) this.#messages.push({ role, content });
  }

  assistant(parts: readonly Part[]): void {
    this.#beginTurn();
    for (const part of parts) this.#turn.push(part);
  }

  result(part: ToolResultPart): void {
    this.#endCalls();
    this.#results.push(part);
  }

  /**
   * Text that stands for an item nobody knows. It waits for the end of the turn: between a call and its
   * result, vendors refuse anything else.
   */
  carry(text: string): void {
    this.#carried.push({ type: "text", text });
  }

  signed(signatures: Signatures): void {
    this.#beginTurn();
    for (const [id, signature] of signatures.calls) this.#callSignatures.set(id, signature);
    for (const [key, signature] of signatures.contents) this.#contentSignatures.set(key, signature);
  }

  messages(): readonly Message[] {
    this.#endTurn();
    return this.#callSignatures.size === 0 ? this.#messages : this.#messages.map(this.#signCalls);
  }

  #beginTurn(): void {
    if (this.#results.length > 0 || (this.#carried.length > 0 && this.#turn.length === 0)) {
      this.#endTurn();
    }
  }

  #endCalls(): void {
    if (this.#turn.length > 0) {
      this.#messages.push({ role: "assistant", content: this.#signedTurn() });
    }
    this.#turn = [];
    this.#contentSignatures = new Map();
  }

  #endTurn(): void {
    this.#endCalls();
    if (this.#results.length > 0) this.#messages.push({ role: "tool", content: this.#results });
    if (this.#carried.length > 0) this.#messages.push({ role: "user", content: this.#carried });
    this.#results = [];
    this.#carried = [];
  }

  /** A token speaks of its own turn only, so that an equal text of another turn stays unsigned. */
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

/** What a signature's key is made of; nothing for parts that are signed in another way. */
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
    default:
      return undefined;
  }
}

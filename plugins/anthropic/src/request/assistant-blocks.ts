import {
  type Fields,
  jsonText,
  legalName,
  type Part,
  type ReasoningPart,
  type Seal,
  type TextPart,
} from "@agproxy/core";
import { type Ignored, withMedia } from "@agproxy/plugin-openai-wire";
import { digestOf, readSignatureToken, type Signed } from "../signatures.ts";
import { blocksOf, plainBlock } from "./content-blocks.ts";

/** What reading a message adds to, and what it needs. */
export interface Reading {
  readonly ignored: Ignored;
  readonly seal: Seal;
}

/**
 * What a model said in an earlier turn. Each signature goes back on the part that had it.
 * Source: https://docs.claude.com/en/api/messages#response-content
 */
export function assistantParts(message: Fields, reading: Reading): readonly Part[] {
  const blocks = blocksOf(message, "content");
  if (typeof blocks === "string") return blocks === "" ? [] : withMedia([text(blocks)], true);
  const turn = new Turn(reading);
  for (const block of blocks) turn.add(block);
  return turn.parts();
}

function text(value: string): TextPart {
  return { type: "text", text: value };
}

/** Results of the vendor's own tools that the text after them already says. */
const saidInText = /^(?:web_search|web_fetch|tool_search)_tool_result$/;

/** The parts of one message, in order. */
class Turn {
  readonly #reading: Reading;
  readonly #parts: Part[] = [];
  /** By the part's kind and id. */
  readonly #signatures = new Map<string, string>();
  /** The text of the block before, while a signature may follow it. */
  #lastText: string | undefined;

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  parts(): readonly Part[] {
    return this.#parts.map((part) => this.#signed(part));
  }

  add(block: Fields): void {
    const before = this.#lastText;
    this.#lastText = undefined;
    switch (block.string("type")) {
      case "text":
        return this.#addText(block.string("text") ?? "");
      case "thinking":
        return this.#addThought(block, before);
      case "redacted_thinking":
        // Only its maker can read it.
        return this.#reading.ignored.add("messages.content.redacted_thinking");
      case "tool_use":
      case "mcp_tool_use":
        return this.#push(toolCall(block));
      case "server_tool_use":
        return this.#addServerCall(block);
      case "code_execution_tool_result":
      case "bash_code_execution_tool_result":
        return this.#addCodeResult(block);
      case "compaction":
        return this.#addText(block.string("content") ?? "");
      default:
        return this.#addOther(block);
    }
  }

  /** Clients write empty texts beside calls, and vendors refuse them. */
  #addText(value: string): void {
    if (value === "") return;
    for (const part of withMedia([text(value)], true)) this.#push(part);
    this.#lastText = value;
  }

  #addThought(block: Fields, textBefore: string | undefined): void {
    const token = block.string("signature") ?? "";
    const signed = readSignatureToken(token, this.#reading.seal);
    if (signed === undefined && token !== "") {
      this.#reading.ignored.add("messages.content.thinking.signature");
    }
    const thought: ReasoningPart = { type: "reasoning", text: block.string("thinking") ?? "" };
    const own = signed?.find(({ of }) => of === "thought")?.signature;
    if (own !== undefined) this.#push({ ...thought, signature: own });
    else if (thought.text !== "") this.#push(thought);
    for (const one of signed ?? []) this.#sign(one, textBefore);
  }

  #sign(signed: Signed, textBefore: string | undefined): void {
    const { of, signature } = signed;
    if (of === "call" || of === "result") this.#signatures.set(`${of} ${signed.id}`, signature);
    else if (of === "nothing") this.#push({ ...text(""), signature });
    else if (of === "text" && textBefore !== undefined && digestOf(textBefore) === signed.digest) {
      // The thought of this very block may stand after the text.
      const index = this.#parts.findLastIndex(({ type }) => type === "text" || type === "media");
      const part = this.#parts[index];
      if (part !== undefined) this.#parts[index] = { ...part, signature };
    }
  }

  #addServerCall(block: Fields): void {
    const id = idOf(block);
    const input = block.peek("input");
    const word = (key: string) => {
      const value = input?.get(key);
      return typeof value === "string" ? value : undefined;
    };
    const code = word("code") ?? word("command");
    const query = word("query");
    if (block.get("name") === "web_search" && query !== undefined) {
      this.#push({ type: "search", queries: [query] }, `call ${id}`);
    } else if (code !== undefined) {
      const language = word("command") === undefined ? "python" : "bash";
      this.#push({ type: "code", language, code }, `call ${id}`);
    }
  }

  #addCodeResult(block: Fields): void {
    const result = block.peek("content");
    const printed = [result?.get("stdout"), result?.get("stderr")];
    const output = printed.filter((piece) => typeof piece === "string").join("");
    const isGood = result?.get("return_code") === 0;
    const isLate = result?.get("error_code") === "execution_time_exceeded";
    const outcome = isGood ? "ok" : isLate ? "timeout" : "failed";
    this.#push({ type: "code-result", outcome, output }, `result ${idOf(block, "tool_use_id")}`);
  }

  #addOther(block: Fields): void {
    if (saidInText.test(String(block.get("type")))) return;
    for (const part of plainBlock(block, this.#reading.ignored)) this.#push(part);
  }

  /** Ids of code and results are not part of the vocabulary. */
  readonly #keys = new Map<Part, string>();

  #push(part: Part, key?: string): void {
    if (key !== undefined) this.#keys.set(part, key);
    this.#parts.push(part);
  }

  #signed(part: Part): Part {
    const key = part.type === "tool-call" ? `call ${part.id}` : this.#keys.get(part);
    const signature = key === undefined ? undefined : this.#signatures.get(key);
    return signature === undefined ? part : { ...part, signature };
  }
}

/** The id of a call, in a form that every vendor takes. */
export function idOf(block: Fields, key = "id"): string {
  return legalName(block.name(key));
}

function toolCall(block: Fields): Part {
  const input = block.get("input") ?? {};
  const args = typeof input === "string" ? input : jsonText(input, block.path("input"));
  return { type: "tool-call", id: idOf(block), name: block.name("name"), arguments: args };
}

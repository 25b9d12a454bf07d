import type { ChatRequest, Message, Part, TextPart } from "@agproxy/core";
import { calledTools } from "./tool-names.ts";

/**
 * The request with its calls and their results as marked text: the same conversation for a model that refuses its
 * signatures. Absent where there is neither a call nor a signature in it.
 */
export function withToolHistoryAsText(request: ChatRequest): ChatRequest | undefined {
  const parts = request.messages.flatMap(({ content }) => content);
  if (!parts.some((part) => isTools[part.type] || signatureIn(part))) return undefined;
  const names = new Map(calledTools(request.messages).map(({ id, name }) => [id, name]));
  const messages = request.messages.map((message): Message => ({
    ...message,
    content: message.content.flatMap((part) => plain(part, names)),
  }));
  return { ...request, messages };
}

const isTools: Readonly<Record<Part["type"], boolean>> = {
  "tool-call": true,
  "tool-result": true,
  code: true,
  "code-result": true,
  text: false,
  reasoning: false,
  refusal: false,
  media: false,
  search: false,
};

function signatureIn({ signature, extensions }: Part): boolean {
  return signature !== undefined || extensions?.google?.thought_signature !== undefined;
}

function plain(part: Part, names: ReadonlyMap<string, string>): readonly Part[] {
  switch (part.type) {
    case "tool-call":
      return [marked("tool_call", { id: part.id, name: part.name }, part.arguments)];
    case "tool-result": {
      const texts = part.content.flatMap((each) => (each.type === "text" ? [each.text] : []));
      const name = part.name ?? names.get(part.callId);
      const attributes = {
        call_id: part.callId,
        ...(name === undefined ? {} : { name }),
        ...(part.isError === true ? { error: "true" } : {}),
      };
      return [
        marked("tool_result", attributes, texts.join("\n")),
        ...part.content.filter((each) => each.type === "media"),
      ];
    }
    case "code":
      return [marked("executed_code", { language: part.language }, part.code)];
    case "code-result":
      return [marked("code_output", { outcome: part.outcome }, part.output)];
    case "text":
    case "reasoning":
    case "refusal":
    case "media":
    case "search":
      return [part];
  }
}

function marked(
  name: string,
  attributes: Readonly<Record<string, string>>,
  text: string,
): TextPart {
  const words = Object.entries(attributes).map(
    ([key, value]) => ` ${key}=${JSON.stringify(value)}`,
  );
  return { type: "text", text: `<${name}${words.join("")}>\n${text}\n</${name}>` };
}

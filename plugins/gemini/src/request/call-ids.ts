import type { GeminiBody, GeminiContent, GeminiPart } from "../wire.ts";

type Conversation = Pick<GeminiBody, "contents" | "systemInstruction">;

/** A conversation without the ids of its function calls and responses, for upstreams that refuse the field. */
export function withoutCallIds(said: Conversation): Conversation {
  return { ...said, contents: said.contents.map(withoutIds) };
}

function withoutIds(content: GeminiContent): GeminiContent {
  return content.parts.some(hasId) ? { ...content, parts: content.parts.map(withoutId) } : content;
}

function hasId({ functionCall, functionResponse }: GeminiPart): boolean {
  return functionCall !== undefined || functionResponse !== undefined;
}

function withoutId(part: GeminiPart): GeminiPart {
  const { functionCall: call, functionResponse: response } = part;
  if (call !== undefined) return { ...part, functionCall: { name: call.name, args: call.args } };
  if (response === undefined) return part;
  return { ...part, functionResponse: { name: response.name, response: response.response } };
}

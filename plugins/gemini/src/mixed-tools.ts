import type { ChatRequest } from "@agproxy/core";
import { knownModel } from "./known-model.ts";
import { fields, list } from "./shape.ts";
import type { GeminiBody } from "./wire.ts";

/** Built-in tools beside functions are refused unless the request says that both are meant. */
export function withMixedTools(body: GeminiBody): GeminiBody {
  // The client may have written some of the body itself, in any shape.
  const kinds = new Set(list(body.tools).flatMap((tool) => Object.keys(fields(tool) ?? {})));
  if (kinds.size < 2 || !kinds.has("functionDeclarations")) return body;
  return {
    ...body,
    toolConfig: { includeServerSideToolInvocations: true, ...fields(body.toolConfig) },
  };
}

/** Whether a request may become one with functions and built-in tools, told before it is translated. */
export function mayMixTools(request: ChatRequest, model: string): boolean {
  const { named, family } = knownModel(model);
  if (family.mixesTools !== true) return false;
  if (list(request.extensions?.google?.tools).length > 0) return true;
  const hosted = named.webSearch || list(request.hostedTools).length > 0;
  return hosted && list(request.tools).length > 0;
}

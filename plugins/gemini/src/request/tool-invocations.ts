import type { ChoiceState, PartReader } from "../answer/choice.ts";
import { fields, list, parsedJson, type AnyFields } from "../shape.ts";
import type { GeminiBody, GeminiContent, GeminiPart } from "../wire.ts";

/**
 * What the vendor's own tools did beside functions. The API wants these parts back, unchanged, before the function
 * call that they led to; no client can carry them.
 * Source: https://ai.google.dev/gemini-api/docs/tool-combination
 */
export function isInvocation({ toolCall, toolResponse }: AnyFields): boolean {
  return fields(toolCall) !== undefined || fields(toolResponse) !== undefined;
}

/** The invocations since the last function call, as they are kept; the next call has none of them. */
export function takenInvocations(choice: ChoiceState, reader: PartReader): string | undefined {
  if (choice.invocations.length === 0) return undefined;
  return reader.mark(JSON.stringify(choice.invocations.splice(0)));
}

/** Invocations as they were kept, by the id of the function call after them; of no use to another issuer. */
export interface KeptInvocations {
  readonly invocations: ReadonlyMap<string, string>;
  unmark(kept: string): string | undefined;
}

/** Puts invocations back, each before the first call of its id, where the request allows for them. */
export function withInvocations(body: GeminiBody, kept: KeptInvocations): GeminiBody {
  const config = fields(body.toolConfig);
  if (kept.invocations.size === 0 || config?.includeServerSideToolInvocations !== true) return body;
  const done = new Set<string>();
  const before = ({ functionCall }: GeminiPart): readonly GeminiPart[] => {
    if (functionCall === undefined || done.has(functionCall.id)) return [];
    done.add(functionCall.id);
    return partsKept(functionCall.id, kept);
  };
  const contents = body.contents.map((content): GeminiContent => ({
    ...content,
    parts: content.parts.flatMap((part) => [...before(part), part]),
  }));
  return { ...body, contents };
}

function partsKept(id: string, { invocations, unmark }: KeptInvocations): readonly GeminiPart[] {
  const text = unmark(invocations.get(id) ?? "");
  const parts = list(parsedJson(text ?? "")).filter((part) => fields(part) !== undefined);
  // The vendor's own parts: whatever is in them, it takes them back.
  return parts as readonly GeminiPart[];
}

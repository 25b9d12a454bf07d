import { fields, list, parsedJson } from "../shape.ts";
import type { GeminiBody, GeminiContent, GeminiPart } from "../wire.ts";

/** What built-in tools did, as it was kept, by the id of the function call after it. Only its issuer can use it. */
export interface KeptInvocations {
  readonly invocations: ReadonlyMap<string, string>;
  unmark(kept: string): string | undefined;
}

/** Puts invocations back before the first call of their id, where the request allows them. */
export function withInvocations(body: GeminiBody, kept: KeptInvocations): GeminiBody {
  const config = fields(body.toolConfig);
  if (config?.includeServerSideToolInvocations !== true) return body;
  const done = new Set<string>();
  const before = ({ functionCall }: GeminiPart): readonly GeminiPart[] => {
    const id = functionCall?.id;
    if (id === undefined || done.has(id)) return [];
    done.add(id);
    return partsKept(id, kept);
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
  // Gemini wrote these parts itself, so it takes them back whatever they hold.
  return parts as readonly GeminiPart[];
}

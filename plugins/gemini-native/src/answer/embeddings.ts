import { AgproxyError, type Answer } from "@agproxy/core";
import { usageMetadata } from "./usage.ts";

/**
 * The vectors of an answer that came on another wire. Throws `upstream_unreadable` where an input has none.
 * Source: https://ai.google.dev/api/embeddings#response-body
 */
export function embeddingBody({ choices, usage }: Answer, method: string): unknown {
  const embeddings = choices.map(({ embedding: values }, index) => {
    if (values !== undefined) return { values };
    throw new AgproxyError(
      "upstream_unreadable",
      `The upstream sent no vector for input ${index}.`,
    );
  });
  const counted = usage === undefined ? {} : { usageMetadata: usageMetadata(usage) };
  if (method === "embedContent") return { embedding: embeddings[0], ...counted };
  return { embeddings, ...counted };
}

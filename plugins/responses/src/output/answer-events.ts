import type { Choice } from "@agproxy/core";
import type { ContentEvent } from "./content-event.ts";

/**
 * The events of a collected answer, so that it is built by the same steps as a streamed one. What is
 * known about the text follows the last text, where a stream has it too.
 */
export function answerEvents({ content, citations, logprobs }: Choice): readonly ContentEvent[] {
  const events = content.map(contentEvent);
  const notes: readonly ContentEvent[] = [
    ...(logprobs.length === 0 ? [] : [{ type: "logprobs", choice: 0, tokens: logprobs } as const]),
    ...citations.map((citation) => ({ type: "citation", choice: 0, citation }) as const),
  ];
  const end = events.findLastIndex(({ type }) => type === "text") + 1 || events.length;
  return events.toSpliced(end, 0, ...notes);
}

function contentEvent(part: Choice["content"][number]): ContentEvent {
  if (part.type !== "media") return { ...part, choice: 0 };
  const { source, mimeType = "application/octet-stream", ...media } = part;
  if (source.kind === "data") return { ...media, mimeType, data: source.data, choice: 0 };
  return { type: "text", text: source.kind === "url" ? source.url : source.id, choice: 0 };
}

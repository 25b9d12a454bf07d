import {
  type ChatEvent,
  type ChatStream,
  mapEvents,
  type Summary,
  type Usage,
} from "@agproxy/core";
import { tokensOfText } from "./estimate.ts";

/** What came of an answer so far. */
export interface Seen {
  characters: number;
}

/** The same stream; its characters are counted, for clients that leave before the end and so before any usage. */
export function counted(events: ChatStream, seen: Seen): ChatStream {
  return mapEvents(events, (event) => {
    seen.characters += charactersOf(event);
    return event;
  });
}

function charactersOf(event: ChatEvent): number {
  switch (event.type) {
    case "text":
    case "reasoning":
    case "refusal":
      return event.text.length;
    case "tool-call":
      return event.arguments.length;
    default:
      return 0;
  }
}

/**
 * What an exchange took, as the upstream says. Where it says nothing, because the answer was broken off: the input as
 * it was estimated and the output as far as it came. Whoever leaves pays for the estimate of the answer at least,
 * because the upstream may have thought or written more. Nothing where no account took it.
 */
export function spentBy(
  { usage, attempts, outcome }: Pick<Summary, "usage" | "attempts" | "outcome">,
  estimate: Usage,
  { characters }: Seen,
): Usage {
  const last = attempts.at(-1);
  const hasLeft = outcome === "aborted";
  if (last === undefined || (last.error !== undefined && !hasLeft)) return nothing;
  if (usage !== undefined && usage.totalTokens > 0) return usage;
  const { inputTokens } = estimate;
  const came = Math.ceil(tokensOfText({ length: characters }));
  const isUnknown = hasLeft || (outcome === "ok" && characters === 0);
  const outputTokens = isUnknown ? Math.max(estimate.outputTokens, came) : came;
  return { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens };
}

const nothing: Usage = { inputTokens: 0, outputTokens: 0, totalTokens: 0 };

import type { ChatRequest, Exchange, Message } from "@agproxy/core";
import { fnv, offsetBasis } from "./rendezvous.ts";

/** A word that is equal for all requests of one conversation. */
export interface Conversation {
  readonly key: string;
  /**
   * Whether the client gave the word. Without one it is made of what all turns begin with, which two conversations may
   * share.
   */
  readonly isNamed: boolean;
  /** Whether the model has said nothing in it yet. */
  readonly isFirstTurn: boolean;
}

/** The headers in which clients name their session. */
const sessionHeaders = [
  "x-session-id",
  "x-session-affinity",
  "session-id",
  "session_id",
  "x-conversation-id",
  "conversation_id",
];

/**
 * The conversation of an exchange: by a session header, the client's cache key, its user, or else by what upstreams cache by,
 * the system text and the first turn of the user. Nobody else's: the caller is part of the key.
 */
export function conversationOf({ incoming, caller, request }: Exchange): Conversation | undefined {
  // A vector has no second turn.
  if (request.embedding !== undefined) return undefined;
  const isFirstTurn = !request.messages.some(({ role }) => role === "assistant");
  const named = sessionOf(incoming.headers) ?? request.cacheKey ?? request.user;
  if (named !== undefined && named !== "") {
    return { key: `${caller.id}\n${named}`, isNamed: true, isFirstTurn };
  }
  return { key: `${caller.id}\n#${beginning(request)}`, isNamed: false, isFirstTurn };
}

function sessionOf(headers: Exchange["incoming"]["headers"]): string | undefined {
  for (const name of sessionHeaders) {
    const value = headers[name];
    if (typeof value === "string" && value !== "") return value;
  }
  return undefined;
}

/** What is looked at of each text: more would cost as much as reading a long prompt twice. */
const lookedAtCharacters = 1024;

/** A hash of the system text and the user's first turn. */
function beginning({ messages }: ChatRequest): number {
  let hash = offsetBasis;
  for (const message of messages) {
    hash = hashed(message, hash);
    if (message.role === "user") break;
  }
  return hash >>> 0;
}

function hashed({ content }: Message, seed: number): number {
  let hash = seed;
  for (const part of content) {
    if (part.type !== "text") continue;
    const { text } = part;
    hash = fnv(text.slice(0, lookedAtCharacters), hash ^ text.length);
    // The end too: many prompts differ only there.
    if (text.length > lookedAtCharacters) hash = fnv(text.slice(-lookedAtCharacters), hash);
  }
  return hash;
}

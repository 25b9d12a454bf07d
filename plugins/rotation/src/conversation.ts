import type { ChatRequest, Exchange, Message } from "@agproxy/core";

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

export const offsetBasis = 0x811c9dc5;

/** FNV-1a over UTF-16 units, going on from `seed`. Source: https://datatracker.ietf.org/doc/draft-eastlake-fnv/ */
export function fnv(text: string, seed: number): number {
  let hash = seed;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash;
}

/** What is looked at of each text: more would cost as much as reading a long prompt twice. */
const lookedAtCharacters = 256;

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

/** How many conversations' accounts are remembered at least. */
const maxHomes = 10_000;

/**
 * The accounts of conversations that no client has named. What they begin with may be the same for many, so the first turn
 * goes where the strategy says, and the later ones go there too. A full map becomes the former one and a new one begins.
 */
export class ConversationHomes {
  #recent = new Map<string, string>();
  #former = new Map<string, string>();

  get(conversation: string): string | undefined {
    return this.#recent.get(conversation) ?? this.#former.get(conversation);
  }

  set(conversation: string, accountId: string): void {
    this.#recent.set(conversation, accountId);
    if (this.#recent.size < maxHomes) return;
    this.#former = this.#recent;
    this.#recent = new Map();
  }
}

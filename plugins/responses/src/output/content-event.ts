import type { ChatEvent } from "@agproxy/core";

/** An event that adds to the output. */
export type ContentEvent = Exclude<ChatEvent, { type: "finish" | "usage" }>;

export type EventOf<Type extends ContentEvent["type"]> = Extract<ContentEvent, { type: Type }>;

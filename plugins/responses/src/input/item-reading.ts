import type { Seal } from "../seal.ts";
import type { ToolNames } from "../tool-names.ts";
import type { Conversation } from "./conversation.ts";
import type { Ignored } from "./ignored.ts";

/** What items are read into. */
export interface ItemReading {
  readonly conversation: Conversation;
  readonly names: ToolNames;
  readonly ignored: Ignored;
  readonly seal: Seal;
}

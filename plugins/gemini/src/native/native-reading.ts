import type { NativeRequest } from "@agproxy/core";
import type { ToolNames } from "../request/tool-names.ts";
import type { Dialect } from "../request/tool-plan.ts";

/** How the request of a client that speaks this wire itself is sent. */
export interface NativeContext {
  readonly dialect?: Dialect;
  readonly now?: number;
  /** Takes the mark off a signature; undefined for a signature of another issuer. */
  unmark(signature: string): string | undefined;
  /** Whether signatures go back: an upstream may have refused them. Default: they do. */
  readonly isSigned?: boolean;
}

/** What the parts of a body are made with. */
export interface NativeReading extends Required<Pick<NativeContext, "unmark" | "dialect">> {
  readonly native: NativeRequest;
  readonly names: ToolNames;
  readonly isSigned: boolean;
  /** Whether the model wants a signature on each call of the current turn. */
  readonly signs: boolean;
}

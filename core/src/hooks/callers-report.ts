import { defineExposed } from "./exposed.ts";

/** How much of one limit a caller has used. */
export interface UsedLimit {
  /** The name of the limit, such as `rpm`. */
  readonly name: string;
  readonly used: number;
  readonly limit: number;
  /** When it begins anew, in milliseconds since the epoch. */
  readonly resetsAt: number;
}

/** A key that lets somebody in. Nothing of it but its beginning. */
export interface CallerKey {
  /** The caller's name, as the log has it. */
  readonly name: string;
  /** How the key begins. Absent for those of the config. */
  readonly prefix?: string;
  readonly status: "active" | "expired" | "revoked";
  /** The models it may use, as patterns. Absent: all. */
  readonly models?: readonly string[];
  readonly limits: readonly UsedLimit[];
  /** Times as ISO 8601. */
  readonly created?: string;
  readonly expires?: string;
  readonly lastUsed?: string;
}

/** What the plugin that asks for keys knows. */
export interface CallersReport {
  /** Whether callers must bring a key. */
  readonly asksForKeys: boolean;
  keys(): Promise<readonly CallerKey[]>;
}

/**
 * What the auth plugin, or another one of that name, exposes: who may come in, and how much of their limits they have used.
 *
 * @example
 * const keys = await agproxy.find(callersReport)?.keys();
 */
export const callersReport = defineExposed<CallersReport>("auth");

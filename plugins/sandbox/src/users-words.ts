import type { Content } from "./wire.ts";

/** Whether a content is the user's own, rather than the model's or the results of functions. */
export function isUsersWords({ role, parts = [] }: Content): boolean {
  return role !== "model" && parts.every((part) => part.functionResponse === undefined);
}

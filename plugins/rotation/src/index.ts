import type { Plugin } from "@agproxy/core";
import { realChance } from "./chance.ts";
import type { RotationOptions } from "./options.ts";
import { createRotation } from "./rotation.ts";

export type { RotationOptions } from "./options.ts";

/** Chooses the account of each attempt, leaves alone those that failed, and decides who is asked next. */
export function rotation(options: RotationOptions = {}): Plugin {
  return createRotation(options, realChance);
}

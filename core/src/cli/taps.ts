import type { Hooks } from "../hooks/hooks.ts";

export interface TapPlace {
  readonly hook: string;
  /** 1 for the plugin that this hook asks first. */
  readonly position: number;
}

/** The hooks that a plugin taps, and where it stands in each. */
export function hooksOf(hooks: Hooks, plugin: string): readonly TapPlace[] {
  return Object.entries(hooks).flatMap(([hook, { taps }]) => {
    const index = taps.findIndex(({ name }) => name === plugin);
    return index === -1 ? [] : [{ hook, position: index + 1 }];
  });
}

import { type StrategyName, strategies } from "./strategy.ts";

export interface RotationOptions {
  /** Which of the free accounts comes first. Default: `round-robin`. */
  readonly strategy?: StrategyName;
  /** Whether the requests of one conversation stay on one account as long as that is free. Default: true. */
  readonly sticky?: boolean;
  /** How often an exchange is sent at most, the first time included. Default: 3. */
  readonly attempts?: number;
}

const names: readonly string[] = [
  "strategy",
  "sticky",
  "attempts",
] satisfies (keyof RotationOptions)[];

/** Fills the defaults in. Config files in JSON and YAML are not type-checked, so this does. */
export function readOptions(options: RotationOptions): Required<RotationOptions> {
  const stranger = Object.keys(options).find((name) => !names.includes(name));
  if (stranger !== undefined) {
    throw new Error(
      `rotation: there is no option \`${stranger}\`. Options are ${names.join(", ")}.`,
    );
  }
  const { strategy = "round-robin", sticky = true, attempts = 3 } = options;
  if (!Object.hasOwn(strategies, strategy)) {
    throw new Error(
      `rotation: \`strategy\` is "${strategy}". Write one of ${Object.keys(strategies).join(", ")}.`,
    );
  }
  if (typeof sticky !== "boolean") {
    throw new Error(`rotation: \`sticky\` is ${String(sticky)}. Write true or false.`);
  }
  if (!Number.isInteger(attempts) || attempts < 1 || attempts > 10) {
    throw new Error(
      `rotation: \`attempts\` is ${String(attempts)}. Write a whole number from 1 (never try again) to 10.`,
    );
  }
  return { strategy, sticky, attempts };
}

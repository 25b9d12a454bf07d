import type { EffectiveMode, Mode } from "./mode.ts";

/** What to tell someone whose mode needs a key and who has none. `fresh` is a new key to paste. */
export function missingKey(mode: Mode, effective: EffectiveMode, fresh: string): string {
  const because =
    mode === "auto"
      ? `other machines can connect, so mode "auto" means "${effective}"`
      : `the mode is "${mode}"`;
  return [
    `auth: a key is needed because ${because}, and none is configured.`,
    "Here is a fresh one. Put it into the environment",
    `    AGPROXY_API_KEY=${fresh}`,
    "or into agproxy.config.ts",
    `    auth({ keys: "${fresh}" })`,
    'To go without a key on a network you trust, write auth({ mode: "off" }).',
  ].join("\n");
}

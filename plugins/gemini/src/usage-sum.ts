import type { Usage } from "@agproxy/core";

const details = [
  "cachedTokens",
  "reasoningTokens",
  "inputAudioTokens",
  "outputAudioTokens",
] as const;

/** What several calls used together; absent where none of them counts. */
export function sumOfUsage(usages: readonly Usage[]): Usage | undefined {
  if (usages.length === 0) return undefined;
  const sum = (name: keyof Usage) => usages.reduce((all, usage) => all + (usage[name] ?? 0), 0);
  const counted = details.filter((name) => usages.some((usage) => usage[name] !== undefined));
  return {
    inputTokens: sum("inputTokens"),
    outputTokens: sum("outputTokens"),
    totalTokens: sum("totalTokens"),
    ...Object.fromEntries(counted.map((name) => [name, sum(name)])),
  };
}

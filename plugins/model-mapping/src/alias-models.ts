import type { Model } from "@agproxy/core";
import { keep, type Rule } from "./rule.ts";

/** The models, and every rule without a wildcard as a model of its own. Each name is listed once. */
export function withAliases(models: readonly Model[], rules: readonly Rule[]): readonly Model[] {
  const listed = new Map<string, Model>();
  for (const model of models) if (!listed.has(model.id)) listed.set(model.id, model);
  for (const { pattern, model } of rules) {
    if (pattern.includes("*") || model === keep || listed.has(pattern)) continue;
    listed.set(pattern, { ...limitsOf(listed.get(model)), id: pattern, ownedBy: "agproxy" });
  }
  return [...listed.values()];
}

/** An alias has the limits of the model that it stands for. */
function limitsOf(model: Model | undefined) {
  return {
    ...(model?.contextWindow === undefined ? {} : { contextWindow: model.contextWindow }),
    ...(model?.maxOutputTokens === undefined ? {} : { maxOutputTokens: model.maxOutputTokens }),
  };
}

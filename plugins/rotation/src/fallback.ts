import { modelKey } from "./states.ts";

/** The models that may answer in the place of another, in order. */
export type Fallbacks = Readonly<Record<string, readonly string[]>>;

/** The model after `current` in the chain of `asked`; undefined at its end, or where there is none. */
export type NextModel = (asked: string, current: string) => string | undefined;

/** Reads the chains once. */
export function fallbackChains(fallbacks: Fallbacks): NextModel {
  const chains = new Map(
    Object.entries(fallbacks).map(([model, chain]) => [modelKey(model), chain] as const),
  );
  if (chains.size === 0) return () => undefined;
  return (asked, current) => {
    const chain = chains.get(modelKey(asked));
    if (chain === undefined) return undefined;
    const place = chain.findIndex((model) => modelKey(model) === modelKey(current));
    return place === -1 && modelKey(asked) !== modelKey(current) ? undefined : chain[place + 1];
  };
}

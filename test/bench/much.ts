/** What a gateway may have much of, and a request must not cost more for. */
import { definePlugin, type Plugin } from "agproxy";

export function many<Item>(count: number, make: (index: number) => Item): Item[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** So many rules. Only the last one fits the model that the bench asks for, and none does by an exact name. */
export function rules(count: number): readonly (readonly [string, string])[] {
  return many(count, (index) => [
    index === count - 1 ? "gpt-4*" : `other-${index}-*`,
    "gemini-2.5-flash",
  ]);
}

/** A plugin that hears of everything and changes nothing. */
export function bystander(index: number): Plugin {
  const name = `bystander-${index + 1}`;
  return definePlugin({
    name,
    apply({ hooks }) {
      hooks.beforeAuth.tap(name, () => {});
      hooks.resolveModel.tap(name, () => undefined);
      hooks.selectAccount.tap(name, (candidates) => candidates);
      hooks.transformRequest.tap(name, (request) => request);
      hooks.done.tap(name, () => {});
    },
  });
}

import { signal } from "@preact/signals";

export const viewNames = [
  "accounts",
  "requests",
  "charts",
  "callers",
  "models",
  "tryIt",
  "clients",
] as const;

export type ViewName = (typeof viewNames)[number];

const pathOf = (name: ViewName) => (name === "tryIt" ? "try-it" : name);

/** The address of a view. */
export const hrefOf = (name: ViewName): string => `#/${pathOf(name)}`;

function named(): ViewName {
  return viewNames.find((name) => location.hash === hrefOf(name)) ?? "accounts";
}

/** The view that the address names. */
export const view = signal<ViewName>(named());

addEventListener("hashchange", () => {
  view.value = named();
});

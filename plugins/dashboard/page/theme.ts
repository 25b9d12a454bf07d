import { signal } from "@preact/signals";

type Theme = "light" | "dark";

const place = "agproxy-theme";
const system = matchMedia("(prefers-color-scheme: dark)");

function kept(): Theme | undefined {
  const value = localStorage.getItem(place);
  return value === "light" || value === "dark" ? value : undefined;
}

export const theme = signal<Theme>("light");

/** The user's choice, or else the system's, also when that changes. */
export function applyTheme(): void {
  const value = kept() ?? (system.matches ? "dark" : "light");
  theme.value = value;
  document.documentElement.dataset["theme"] = value;
}

export function toggleTheme(): void {
  localStorage.setItem(place, theme.value === "dark" ? "light" : "dark");
  applyTheme();
}

system.addEventListener("change", applyTheme);

import { english, type Words } from "./words-en.ts";
import { traditionalChinese } from "./words-zh-tw.ts";

/** Chinese in its traditional script for those whose browser asks for it first, English for all others. */
function chosen(languages: readonly string[]): "en" | "zh-TW" {
  const first = languages.find((name) => /^(?:en|zh)\b/i.test(name)) ?? "en";
  return /^zh-(?:tw|hk|mo|hant)\b/i.test(first) ? "zh-TW" : "en";
}

export const language = chosen(navigator.languages);

/** All that the page says. */
export const words: Words = language === "zh-TW" ? traditionalChinese : english;

document.documentElement.lang = language;

/** Fills `{name}` in a text. */
export function filled(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replaceAll(/\{(\w+)\}/g, (blank, name: string) => String(values[name] ?? blank));
}

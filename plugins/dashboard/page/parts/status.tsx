import type { ReportedAccount } from "../../src/page-api.ts";
import { words } from "../words.ts";

/** How good a state is: the colour beside its word. */
export type Tone = "good" | "busy" | "bad" | "off";

/** A word with its colour. The word says it all: the colour is for a quick look. */
export function Status({ tone, children }: { readonly tone: Tone; readonly children: string }) {
  return (
    <span class={`status ${tone}`}>
      <span class="dot" aria-hidden="true" />
      {children}
    </span>
  );
}

const tones: Readonly<Record<string, Tone>> = {
  free: "good",
  ok: "good",
  active: "good",
  trying: "busy",
  resting: "busy",
  busy: "busy",
  cooling: "busy",
  shaky: "busy",
  failed: "bad",
  faulty: "bad",
  suspended: "bad",
};

/** The status of a word that the gateway uses; `words` has it in the reader's language. */
export function WordStatus({ word }: { readonly word: string }) {
  const text = Object.hasOwn(words, word) ? words[word as keyof typeof words] : word;
  return <Status tone={tones[word] ?? "off"}>{text}</Status>;
}

/** The word for how an account stands. */
export function standingOf({ disabled, standing }: ReportedAccount): string {
  return disabled === true ? "disabled" : (standing ?? "unknown");
}

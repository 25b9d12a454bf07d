import { completed, type Completion, completionOf } from "./chat.ts";
import { expect, payloads, type Wire } from "./wire.ts";

/**
 * Text and finish, which is what both promise. Not looked at, because each differs from OpenAI's wire
 * somewhere: usage (both put it into every chunk), the number of chunks and what the first one holds.
 */
const promised: Pick<Wire, "whole" | "stream"> = {
  whole: completed,
  stream(body) {
    const all = payloads(body).filter((one) => one !== "[DONE]");
    const choices = all.flatMap((one) => (JSON.parse(one) as Completion).choices);
    const finishes = choices.flatMap(({ finish_reason: finish }) => finish ?? []);
    expect(finishes.at(-1), "stop");
    return choices.map(({ delta }) => delta?.content ?? "").join("");
  },
};

/** Portkey is told by each request where it goes. */
export function portkey(upstream: string): Wire {
  return {
    name: "portkey",
    headers: { "x-portkey-provider": "google", "x-portkey-custom-host": upstream },
    target: (turns, stream) => completionOf("gemini-2.5-flash", turns, stream),
    ...promised,
  };
}

/** llms takes the provider's name, as its config has it, before the model's. */
export const llms: Wire = {
  name: "llms",
  target: (turns, stream) => completionOf("mock,gemini-2.5-flash", turns, stream),
  ...promised,
};

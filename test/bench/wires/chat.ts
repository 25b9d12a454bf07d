import { textOf } from "../answer.ts";
import { expect, payloads, system, type Target, type Turns, type Wire } from "./wire.ts";

export interface Completion {
  choices: {
    message?: { content: string };
    delta?: { content?: string | null };
    finish_reason?: unknown;
  }[];
  usage?: unknown;
}

/** A request for a chat completion from this model. */
export function completionOf(model: string, turns: Turns, stream: boolean): Target {
  const messages = [{ role: "system", content: system }, ...turns];
  const counts = stream ? { stream_options: { include_usage: true } } : {};
  return { path: "/v1/chat/completions", body: { model, messages, stream, ...counts } };
}

export function completed(body: unknown): string | undefined {
  return (body as Completion).choices[0]?.message?.content;
}

export const chat: Wire = {
  name: "chat",
  target: (turns, stream) => completionOf("gpt-4o", turns, stream),
  whole: completed,
  stream(body, events) {
    const all = payloads(body);
    expect(all.pop(), "[DONE]");
    const chunks = all.map((one) => JSON.parse(one) as Completion);
    expect(typeof chunks.pop()?.usage, "object");
    expect(chunks.at(-1)?.choices[0]?.finish_reason, "stop");
    const texts = chunks.map(({ choices }) => choices[0]?.delta?.content ?? "");
    expect(texts.filter((one) => one !== "").length, events);
    expect(texts[0], textOf(0));
    return texts.join("");
  },
};

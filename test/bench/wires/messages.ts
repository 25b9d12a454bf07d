import { expect, payloads, system, type Wire } from "./wire.ts";

interface Message {
  content: { text: string }[];
}

interface Event {
  type: string;
  delta?: { text?: string; stop_reason?: string };
}

/** Anthropic's wire. */
export const messages: Wire = {
  name: "messages",
  target: (turns, stream) => ({
    path: "/v1/messages",
    body: { model: "claude-sonnet-5-5", max_tokens: 4096, system, messages: turns, stream },
  }),
  whole: (body) => (body as Message).content[0]?.text,
  stream(body, events) {
    const sent = payloads(body).map((one) => JSON.parse(one) as Event);
    expect(sent.at(-1)?.type, "message_stop");
    expect(sent.at(-2)?.delta?.stop_reason, "end_turn");
    const texts = sent.flatMap(({ delta }) => delta?.text ?? []);
    expect(texts.length, events);
    return texts.join("");
  },
};

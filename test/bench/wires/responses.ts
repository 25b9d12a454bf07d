import { expect, payloads, system, type Wire } from "./wire.ts";

interface Response {
  output: { content: { text: string }[] }[];
}

interface Event {
  type: string;
  sequence_number: number;
  delta?: string;
  response: Response;
}

const textOf = (body: unknown) => (body as Response).output[0]?.content[0]?.text;

export const responses: Wire = {
  name: "responses",
  target: (input, stream) => ({
    path: "/v1/responses",
    // As Codex asks: what keeping an answer costs is the store's matter.
    body: { model: "gpt-4o", instructions: system, input, stream, store: false },
  }),
  whole: textOf,
  stream(body, events) {
    const all = payloads(body);
    expect(all.pop(), "[DONE]");
    const sent = all.map((one) => JSON.parse(one) as Event);
    const deltas = sent.filter(({ type }) => type === "response.output_text.delta");
    expect(deltas.length, events);
    expect(
      sent.every((event, index) => event.sequence_number === index),
      true,
    );
    expect(sent.at(-1)?.type, "response.completed");
    const text = deltas.map(({ delta }) => delta).join("");
    expect(textOf(sent.at(-1)?.response), text);
    return text;
  },
};

import { expect, payloads, system, type Wire } from "./wire.ts";

interface Answer {
  candidates: { content: { parts: { text: string }[] }; finishReason?: string }[];
}

const textOf = (body: unknown) => (body as Answer).candidates[0]?.content.parts[0]?.text;

/** The upstream's own wire, on which the mock is asked directly and through the bare gateway. */
export const gemini: Wire = {
  name: "gemini",
  target(turns, stream) {
    const method = stream ? "streamGenerateContent?alt=sse" : "generateContent";
    const contents = turns.map(({ role, content }) => ({ role, parts: [{ text: content }] }));
    return {
      path: `/v1beta/models/gemini-2.5-flash:${method}`,
      body: { systemInstruction: { parts: [{ text: system }] }, contents },
    };
  },
  whole: textOf,
  stream(body, events) {
    const answers = payloads(body).map((one) => JSON.parse(one) as Answer);
    expect(answers.length, events);
    expect(answers.at(-1)?.candidates[0]?.finishReason, "STOP");
    return answers.map((one) => textOf(one)).join("");
  },
};

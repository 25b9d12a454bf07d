import { speaking } from "../contestant.ts";
import { gemini } from "../wires/gemini.ts";
import { messages } from "../wires/messages.ts";
import { responses } from "../wires/responses.ts";
import { cpuPerUnit, each, type Measurement } from "./measurement.ts";
import { burstPace, warmUpBursts } from "./warm-up.ts";

/** Streams whose events come as fast as they can be sent. */
export const burst: Measurement = {
  rows: [
    { name: "burst of 200 events, CPU per event", unit: "µs", steady: true },
    { name: "the same at /v1/responses", unit: "µs", steady: true, other: "chat" },
    { name: "the same at /v1/messages", unit: "µs", steady: true, other: "chat" },
    { name: "the same at /v1beta, Google's own", unit: "µs", steady: true, other: "chat" },
  ],
  async prepare({ contestants, agproxy, size }) {
    const atResponses = speaking("responses", agproxy, responses);
    const atMessages = speaking("messages", agproxy, messages);
    const atGemini = speaking("gemini", agproxy, gemini);
    for (const one of [atResponses, atMessages, atGemini]) await warmUpBursts(one, size);
    const load = { connections: size.bursts, ms: size.slice };
    return async () => {
      const asked = [...contestants, atResponses, atMessages, atGemini];
      const sample = await each(asked, size, ({ program, ask }) =>
        cpuPerUnit(program, ask(burstPace), load),
      );
      const { responses, messages, gemini, ...onChat } = sample;
      const { agproxy: other } = onChat;
      return [
        onChat,
        { agproxy: responses, other },
        { agproxy: messages, other },
        { agproxy: gemini, other },
      ];
    };
  },
};

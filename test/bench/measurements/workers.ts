import { speaking } from "../contestant.ts";
import { chat } from "../wires/chat.ts";
import { cpuPerUnit, each, type Measurement } from "./measurement.ts";
import { warmUp } from "./warm-up.ts";

/**
 * Two processes behind one port, which share what is known of the accounts. What a request costs them more than one process
 * is what keeps twice the cores from twice the requests.
 */
export const workers: Measurement = {
  rows: [
    { name: "unary, two workers, CPU per request", unit: "µs", steady: true, other: "one process" },
  ],
  async prepare(sitting) {
    const { size, agproxy } = sitting;
    const program = await sitting.begin("agproxy", { args: ["--workers", "2"] });
    const two = speaking("agproxy", program, chat);
    await warmUp(two, size);
    const measured = [two, speaking("other", agproxy, chat)];
    const load = { connections: size.unary, ms: size.slice };
    return async () => [
      await each(measured, size, ({ program, ask }) => cpuPerUnit(program, ask(), load)),
    ];
  },
};

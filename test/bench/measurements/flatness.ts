import { type Contestant, speaking } from "../contestant.ts";
import type { Sitting } from "../sitting.ts";
import { chat } from "../wires/chat.ts";
import { cpuPerUnit, each, inTurns, type Measurement } from "./measurement.ts";
import { warmUpUnary } from "./warm-up.ts";

const few = { BENCH_ACCOUNTS: "1", BENCH_RULES: "1", BENCH_BYSTANDERS: "0" };

/** A gateway with little of everything, and gateways with much of one thing each. */
const variants = {
  few,
  accounts: { ...few, BENCH_ACCOUNTS: "100" },
  rules: { ...few, BENCH_RULES: "1000" },
  bystanders: { ...few, BENCH_BYSTANDERS: "20" },
};
type Variant = keyof typeof variants;

/** What a request costs where there is much to choose from. */
export const flatness: Measurement = {
  rows: [
    { name: "unary with 100 accounts, CPU", unit: "µs", steady: true, other: "1 account" },
    { name: "unary with 1000 mapping rules, CPU", unit: "µs", steady: true, other: "1 rule" },
    { name: "unary with 20 more plugins, CPU", unit: "µs", steady: true, other: "none" },
  ],
  async prepare(sitting) {
    const gateways = await variantGateways(sitting);
    for (const gateway of gateways) await warmUpUnary(gateway, sitting.size);
    const { turns, unary, slice } = sitting.size;
    const load = { connections: unary, ms: slice / 4 };
    return () =>
      inTurns(turns, async () => {
        const { few: other, ...much } = await each(gateways, sitting.size, ({ program, ask }) =>
          cpuPerUnit(program, ask(), load),
        );
        return [much.accounts, much.rules, much.bystanders].map((agproxy) => ({ agproxy, other }));
      });
  },
};

async function variantGateways({ begin }: Sitting): Promise<readonly Contestant<Variant>[]> {
  const begun = (Object.keys(variants) as Variant[]).map(async (name) =>
    speaking(name, await begin("agproxy", { env: variants[name] }), chat),
  );
  return Promise.all(begun);
}

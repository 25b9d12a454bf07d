import { asked, type Ask } from "../ask.ts";
import { type Contestant, contestant } from "../contestant.ts";
import { saturate } from "../load.ts";
import { longRequest } from "../long-request.ts";
import type { Sitting } from "../sitting.ts";
import type { Size } from "../size.ts";
import { chat } from "../wires/chat.ts";
import { gemini } from "../wires/gemini.ts";
import { cpuPerUnit, each, type Measurement } from "./measurement.ts";

const pace = { events: 25, gap: 20 };

/** Requests of ten megabytes: what they cost, and how long whoever is served beside them has to wait. */
export const longRequests: Measurement = {
  rows: [
    { name: "a request of 10 MB, CPU", unit: "ms", steady: true, other: "its JSON" },
    { name: "longest gap in streams beside such, over their pace", unit: "ms", steady: false },
  ],
  async prepare(sitting) {
    const { size, work } = sitting;
    const readers = await longReaders(sitting);
    const load = { connections: 1, ms: size.slice };
    const cost = () =>
      each(
        readers,
        size,
        async ({ program, long }) => (await cpuPerUnit(program, long, load)) / 1000,
      );
    const gaps = () => each(readers, size, (reader) => longestGap(reader, size));
    // They are warm after this.
    await cost();
    await gaps();
    return async () => {
      const other = (await work("json-work.ts", size.long, size.slice / 2)) as number;
      return [{ ...(await cost()), other }, await gaps()];
    };
  },
};

interface LongReader extends Contestant<"bare" | "agproxy"> {
  readonly long: Ask;
}

/** Not the gateways of the other rows: what is left of such bodies would be collected in their time. */
async function longReaders({ size, begin, direct }: Sitting): Promise<readonly LongReader[]> {
  const body = longRequest(size.long);
  // The bare gateway reads nothing, so the path is all that has to be the upstream's.
  const wires = { bare: gemini, agproxy: chat };
  const names = ["bare", "agproxy"] as const;
  return Promise.all(
    names.map(async (name) => {
      const { path } = wires[name].target([], false);
      const long = asked(wires[name], path, body);
      return { ...contestant(name, await begin(name), direct.program), long };
    }),
  );
}

async function longestGap({ program, ask, long }: LongReader, size: Size): Promise<number> {
  const spread = pace.events * pace.gap;
  const beside = { connections: size.besideLong, ms: size.slice, spread };
  const [answers] = await Promise.all([
    saturate(program.port, ask(pace), beside),
    saturate(program.port, long, { connections: 1, ms: size.slice }),
  ]);
  return Math.max(...answers.map((one) => one.longestGap)) - pace.gap;
}

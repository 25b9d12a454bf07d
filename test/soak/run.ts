/**
 * `npm run soak -- --minutes 10`: mixed faults over real sockets, and at the end whether anything has grown. `--seed 7` for
 * other faults.
 */
import { parseArgs } from "node:util";
import { growth, reportOf } from "./flatness.ts";
import { mixedFaults } from "./mixed-faults.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    seed: { type: "string", default: "1" },
  },
});
const seconds = Number(values.minutes) * 60;
if (!(seconds > 0)) throw new Error("--minutes must be a number above 0.");
const result = await mixedFaults({
  seconds,
  samples: Math.max(6, Math.round(seconds / 15)),
  seed: Number(values.seed),
  onSample: (sample) => process.stderr.write(`${JSON.stringify(sample)}\n`),
});
process.stdout.write(reportOf(result));
process.exitCode = result.faults.length + growth(result.samples).length === 0 ? 0 : 1;

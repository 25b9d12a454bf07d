/** What a long request costs whoever parses and writes it once, and does nothing else. Sends milliseconds of CPU. */
import { longRequest } from "./long-request.ts";

const [, , bytes, ms] = process.argv;
const body = longRequest(Number(bytes));

function round(): void {
  if (JSON.stringify(JSON.parse(body)).length !== body.length) throw new Error("JSON was lost");
}

round();
const end = performance.now() + Number(ms);
const before = process.cpuUsage();
let rounds = 0;
do {
  round();
  rounds += 1;
} while (performance.now() < end);
const { user, system } = process.cpuUsage(before);
process.send?.((user + system) / 1000 / rounds);

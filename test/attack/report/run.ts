/**
 * Attacks a gateway of its own with everything in `attacks.ts`, with Node's default heap and with 512 MB, and prints what
 * came of it: `npm run attack`. With `--write`, the table goes to docs/attacks.md.
 */
import { cpus } from "node:os";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { startArena } from "./arena.ts";
import { type Attack, attacks } from "./attacks.ts";

interface Row {
  readonly name: string;
  readonly bound: string;
  readonly heap: string;
  readonly longestPauseMs: number;
  readonly mostWorkMs: number;
  readonly peakMemoryMb: number;
  readonly outcome: string;
}

/** Each attack has a gateway of its own: the peak of memory is that of the attack. */
async function row(attack: Attack, heapMb: number | undefined): Promise<Row> {
  const { name, bound } = attack;
  const heap = heapMb === undefined ? "default" : `${heapMb} MB`;
  await using arena = await startArena({ heapMb, tireless: attack.tireless });
  await arena.rest(500);
  await arena.health();
  let outcome: string;
  try {
    outcome = await attack.run(arena);
  } catch (thrown) {
    outcome = `failed: ${String(thrown)}`;
  }
  try {
    const { longestPauseMs, mostWorkMs, peakMemoryMb } = await arena.health();
    const alive = await arena.post(
      "/v1/chat/completions",
      JSON.stringify({ model: "gemini-2.5-flash", messages: [{ role: "user", content: "hi" }] }),
    );
    return {
      name,
      bound,
      heap,
      longestPauseMs,
      mostWorkMs,
      peakMemoryMb,
      outcome: `${outcome}; then ${alive}`,
    };
  } catch (thrown) {
    return {
      name,
      bound,
      heap,
      longestPauseMs: NaN,
      mostWorkMs: NaN,
      peakMemoryMb: NaN,
      outcome: `${outcome}; DEAD: ${String(thrown)}`,
    };
  }
}

function table(rows: readonly Row[]): string {
  const lines = rows.map(
    ({ name, bound, heap, longestPauseMs, mostWorkMs, peakMemoryMb, outcome }) =>
      `| ${[name, bound, heap, Math.round(longestPauseMs), Math.round(mostWorkMs), Math.round(peakMemoryMb), outcome].join(" | ")} |`,
  );
  const head =
    "| attack | bound | heap | longest pause, ms | most work in a turn, ms | peak memory, MB | outcome |";
  return `${head}\n| --- | --- | --- | --- | --- | --- | --- |\n${lines.join("\n")}\n`;
}

const only = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const chosen = attacks.filter(({ name }) => only.every((word) => name.includes(word)));
const rows: Row[] = [];
for (const heapMb of [undefined, 512]) {
  for (const attack of chosen) {
    process.stderr.write(`${attack.name}, ${heapMb ?? "default"} …\n`);
    rows.push(await row(attack, heapMb));
  }
}
const on = `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}`;
process.stdout.write(`${on}\n\n${table(rows)}`);
if (process.argv.includes("--write")) {
  const page = `# What attacks did\n\nWritten by \`npm run attack -- --write\`: ${on}. Each attack had a gateway of its own. The pause is the longest time for which its event loop stood still, other programs of the machine included; the work is CPU time of its thread alone.\n\n${table(rows)}`;
  writeFileSync(fileURLToPath(new URL("../../../docs/attacks.md", import.meta.url)), page);
}
process.exit(0);

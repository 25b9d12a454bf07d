/**
 * Plays every scene of the pool and prints what was counted: `npm run chaos`. `-- --seed 7` for other accounts, words for
 * only the scenes that have them in their names, `-- --write` for docs/chaos.md.
 */
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { seeded } from "../scene.ts";
import { scenes } from "../scenes.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: "string", default: "1" }, write: { type: "boolean", default: false } },
});

const rows: string[] = [];
let broken = 0;
for (const { name, goal, play, skip = false } of scenes) {
  if (!positionals.every((word) => name.includes(word))) continue;
  if (skip !== false) {
    rows.push(`| ${[name, goal, "", `not played: ${skip}`].join(" | ")} |`);
    continue;
  }
  process.stderr.write(`${name} …\n`);
  const outcome = await play(seeded(Number(values.seed)));
  broken += outcome.broken.length;
  const verdict = outcome.broken.length === 0 ? "kept" : `BROKEN: ${outcome.broken.join("; ")}`;
  rows.push(`| ${[name, goal, outcome.figures, verdict].join(" | ")} |`);
}
const table = `| scene | goal | counted | promise |\n| --- | --- | --- | --- |\n${rows.join("\n")}\n`;
const on = `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, seed ${values.seed}`;
process.stdout.write(`${on}\n\n${table}`);
if (values.write) {
  const page = `# What the pool did\n\nWritten by \`npm run chaos -- --write\`: ${on}. Each scene is played over real sockets, against an imitation of the Gemini API that counts what it is asked. What is promised: [pool.md](pool.md).\n\n${table}`;
  writeFileSync(fileURLToPath(new URL("../../../docs/chaos.md", import.meta.url)), page);
}
process.exitCode = broken === 0 ? 0 : 1;

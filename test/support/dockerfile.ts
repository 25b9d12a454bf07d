/** Reads a Dockerfile, and does in folders of their own what its stages say: as far as that goes without a daemon. */
import assert from "node:assert/strict";
import { cp, mkdir, readFile } from "node:fs/promises";
import { join, matchesGlob, posix, relative } from "node:path";
import { finishedProcess, type FinishedProcess } from "./child-process.ts";
import { npmEnvironment } from "./packages.ts";

interface Step {
  readonly instruction: string;
  readonly text: string;
}

interface Stage {
  readonly name: string;
  readonly image: string;
  readonly steps: readonly Step[];
}

/** The stages of a Dockerfile, the one that is run at the end. */
export async function readDockerfile(path: string): Promise<readonly Stage[]> {
  const lines = (await readFile(path, "utf8"))
    .replaceAll("\\\n", " ")
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("#"));
  const stages: { name: string; image: string; steps: Step[] }[] = [];
  for (const line of lines) {
    const [instruction = "", ...words] = line.split(" ");
    const text = words.join(" ");
    const from = /^(?<image>\S+)(?: AS (?<name>\S+))?$/.exec(text);
    if (instruction === "FROM") {
      const { image = "", name = "" } = from?.groups ?? {};
      stages.push({ name, image, steps: [] });
    } else stages.at(-1)?.steps.push({ instruction, text });
  }
  return stages;
}

/** The last words of an instruction in the stage that is run. */
export function setting(stages: readonly Stage[], instruction: string): string {
  const steps = stages.at(-1)?.steps ?? [];
  return steps.findLast((step) => step.instruction === instruction)?.text ?? "";
}

/** The folder that stands for the file system of a stage. */
export const rootOf = (place: string, stage: Stage | undefined) =>
  join(place, stage?.name === "" || stage === undefined ? "run" : stage.name);

/** Copies files and runs commands, stage by stage, below `place`. Returns a command that failed. */
export async function buildStages(
  stages: readonly Stage[],
  context: string,
  place: string,
): Promise<FinishedProcess | undefined> {
  const ignored = (await readFile(join(context, ".dockerignore"), "utf8")).trim().split("\n");
  const isTaken = (path: string) =>
    !ignored.some((pattern) => matchesGlob(relative(context, path), pattern));
  for (const stage of stages) {
    const root = rootOf(place, stage);
    let folder = root;
    await mkdir(root, { recursive: true });
    for (const { instruction, text } of stage.steps) {
      if (instruction === "WORKDIR") {
        folder = join(root, text);
        await mkdir(folder, { recursive: true });
      } else if (instruction === "COPY") {
        const [, from, source = "", target = ""] =
          /^(?:--from=(\S+) )?(\S+) (\S+)$/.exec(text) ?? [];
        const destination = posix.isAbsolute(target) ? join(root, target) : join(folder, target);
        if (from === undefined) {
          await cp(join(context, source), destination, { recursive: true, filter: isTaken });
        } else {
          const other = stages.find(({ name }) => name === from);
          assert.ok(other, `there is no stage ${from}`);
          const path = join(rootOf(place, other), source);
          await cp(path, destination, { recursive: true, verbatimSymlinks: true });
        }
      } else if (instruction === "RUN") {
        const options = { cwd: folder, env: npmEnvironment(), timeoutMs: 600_000 };
        const end = await finishedProcess("sh", ["-c", text], options);
        if (end.code !== 0) return end;
      }
    }
  }
  return undefined;
}

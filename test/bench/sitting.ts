import { pin, resultOf } from "./child.ts";
import { type Contestant, contestant, type ContestantName, speaking } from "./contestant.ts";
import { Program, type ProgramName, type Settings } from "./program.ts";
import type { Size } from "./size.ts";
import { gemini } from "./wires/gemini.ts";

/** All that runs while it is measured. */
export interface Sitting extends AsyncDisposable {
  readonly size: Size;
  /** The mock upstream, asked with no gateway between. */
  readonly direct: Contestant<"direct">;
  readonly contestants: readonly Contestant[];
  readonly agproxy: Program;
  /** Starts a program that runs until the sitting is over; a gateway before the mock, where nothing else is said. */
  begin(name: ProgramName, settings?: Settings): Promise<Program>;
  /** Starts one that whoever asks for it stops. */
  fresh(name: ContestantName): Promise<Program>;
  /** Runs one of the bench's files on the gateways' core to its end, and returns what it sends. */
  work(file: string, ...args: readonly number[]): Promise<unknown>;
  /** Cleans up once everything has stopped. */
  atEnd(task: () => Promise<void>): void;
}

export interface Choices {
  readonly size: Size;
  /** Whether gateways and everything else keep to a core each, where that can be arranged. */
  readonly pinned: boolean;
  readonly source: boolean;
  readonly names: readonly ContestantName[];
}

/** Starts the mock and the gateways. What fails before the end of it ends with the process. */
export async function openSitting({ size, pinned, source, names }: Choices): Promise<Sitting> {
  const gatewaySite = { core: pinned && pin() ? 0 : undefined, source };
  const mockSite = { core: undefined, source };
  const programs: Program[] = [];
  const tasks: (() => Promise<void>)[] = [];
  const begin = async (name: ProgramName, settings?: Settings) => {
    const site = name === "mock" ? mockSite : gatewaySite;
    const program = await Program.start(name, site, { upstream, ...settings });
    programs.push(program);
    return program;
  };
  let upstream = "";
  const mock = await begin("mock");
  upstream = mock.url;
  const contestants = await Promise.all(
    names.map(async (name) => contestant(name, await begin(name), mock)),
  );
  const agproxy = contestants.find(({ name }) => name === "agproxy");
  if (agproxy === undefined) throw new Error("agproxy is what is measured");
  return {
    size,
    direct: speaking("direct", mock, gemini),
    contestants,
    agproxy: agproxy.program,
    begin,
    fresh: (name) => Program.start(name, gatewaySite, { upstream }),
    work: (file, ...args) => resultOf(gatewaySite, file, ...args),
    atEnd: (task) => tasks.push(task),
    async [Symbol.asyncDispose]() {
      await Promise.all(programs.map((program) => program.stop()));
      for (const task of tasks) await task();
    },
  };
}

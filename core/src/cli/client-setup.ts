import { homedir } from "node:os";
import nodePath, { type PlatformPath } from "node:path";
import { nearestName } from "../kit/options.ts";
import { type ClientPlace, clientGuides, noKey } from "../config/client-catalogue.ts";
import type { ConfigSource } from "../config/config.ts";
import { CommandLineError } from "./command-line.ts";
import { takesAnyone } from "./exposure.ts";
import { withGateway } from "./loaded-gateway.ts";
import { writeNew } from "./new-file.ts";
import { type Print, widthOf, wrapped } from "./print.ts";

/** What the command line asks for. */
export interface ClientSetup extends ClientPlace {
  readonly client: string;
  readonly directory: string;
  readonly write: boolean;
}

/** Where the set-up goes, and where what people should know about it goes: the first can be redirected to a file. */
interface SetupOutput {
  readonly print: Print;
  readonly note: Print;
}

/**
 * `agproxy init --client NAME`: prints the configuration of a client and nothing else, or writes it where the file does not
 * exist.
 */
export async function clientSetup(
  setup: ClientSetup,
  { print, note }: SetupOutput,
): Promise<number> {
  const guides = await clientGuides(setup);
  const guide = guides.find(({ name }) => name === setup.client);
  if (guide === undefined) {
    throw unknownClient(
      setup.client,
      guides.map(({ name }) => name),
    );
  }
  const { title, text, next, writes } = guide;
  const target = writes === undefined ? undefined : placed(writes, setup.directory);
  if (setup.write && target !== undefined) {
    const advice = " Run the command without --write and copy what you need.";
    await writeNew(target, text, { advice });
    return print(`Wrote ${target}. ${next}\n`);
  }
  print(text);
  const unwritten =
    target === undefined
      ? "Nothing is written: there is no file for this."
      : `Nothing is written. The file is ${target}; --write makes it where there is none.`;
  const width = widthOf(process.stderr);
  const remark = (line: string) => note(`${wrapped(`# ${line}`, width, "# ")}\n`);
  note("\n");
  remark(`${title}. ${unwritten}`);
  remark(next);
  if (setup.asksKey && setup.key === undefined && text.includes(noKey)) {
    remark(`Put a key of agproxy in place of ${noKey}.`);
  }
  return 0;
}

/** Where the config has agproxy listen, as a client on this machine reaches it, and whether it asks for a key. */
export function place(source: ConfigSource): Promise<Pick<ClientSetup, "url" | "asksKey">> {
  return withGateway(source, async (gateway) => {
    const { host, port, tls } = gateway.core.server;
    const scheme = tls === undefined ? "http" : "https";
    const isEverywhere = ["0.0.0.0", "::", "[::]"].includes(host);
    const name = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
    const chat = gateway.routes.find(({ protocol }) => protocol?.example !== undefined);
    const asksKey = !(await takesAnyone(gateway, chat?.path ?? "/"));
    return { url: `${scheme}://${isEverywhere ? "127.0.0.1" : name}:${port}`, asksKey };
  });
}

function unknownClient(name: string, known: readonly string[]): CommandLineError {
  const meant = nearestName(name, known);
  const advice = meant === undefined ? "" : ` Did you mean ${meant}?`;
  return new CommandLineError(
    `There is no set-up for "${name}".${advice} There are: ${known.join(", ")}`,
  );
}

/** A path of `clients.json`, which has slashes on every system. */
export function placed(
  path: string,
  directory: string,
  home = homedir(),
  rules: PlatformPath = nodePath,
): string {
  return path.startsWith("~/") ? rules.join(home, path.slice(2)) : rules.resolve(directory, path);
}

import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { ConfigSource } from "../config/config.ts";
import { ConfigError } from "../config/settings.ts";
import type { CommandLine } from "./command-line.ts";
import { withGateway } from "./loaded-gateway.ts";
import { writeNew } from "./new-file.ts";
import type { Print } from "./print.ts";
import { systemdUnit } from "./systemd-unit.ts";
import { hiddenFromOthers, ownerOf } from "./file-rights.ts";

/** Where the unit goes, and where what people should know about it goes: the first can be redirected to a file. */
interface UnitOutput {
  readonly print: Print;
  readonly note: Print;
}

/** Who runs the command. */
interface Asker {
  readonly isRoot: boolean;
  readonly home: string;
}

/**
 * `agproxy service install`: prints a systemd unit that starts agproxy with the config of this folder, and nothing else, or writes it
 * with `--write` where there is none. For root, or with `--system`, it is one of the whole machine.
 */
export async function installUnit(
  source: ConfigSource,
  values: CommandLine["values"],
  { print, note }: UnitOutput,
  asker: Asker = { isRoot: process.getuid?.() === 0, home: homedir() },
): Promise<number> {
  if (process.platform !== "linux") {
    throw new ConfigError(
      "`agproxy service install` is for systemd, which is Linux's. docs/deploy.md says what macOS and Windows take.",
    );
  }
  const isSystem = values.system === true || asker.isRoot;
  const { unit, warnings } = await unitOf(source, values, isSystem);
  const place = placeOf(isSystem, asker.home);
  if (values.write === true) {
    // Everyone can read a unit; no key is in it.
    await writeNew(place, unit, { mode: 0o644 });
    print(`Wrote ${place}.\n`);
  } else {
    print(unit);
    note(`# Nothing is written. The file is ${place}; --write makes it where there is none.\n`);
  }
  for (const line of [...steps(isSystem), ...warnings]) note(`# ${line}\n`);
  return 0;
}

interface Unit {
  readonly unit: string;
  /** What keeps the service from working as it is. */
  readonly warnings: readonly string[];
}

function unitOf(
  source: ConfigSource,
  values: CommandLine["values"],
  isSystem: boolean,
): Promise<Unit> {
  return withGateway(source, async ({ core: { server } }, { file }) => {
    const directory = file === undefined ? source.directory : dirname(file);
    const user = await ownerOf(directory);
    const command = startCommand(file, values);
    const unit = systemdUnit({
      command,
      directory,
      environmentFile: fileOf(values["env-file"]),
      drainMs: server.drain,
      ...(isSystem ? { system: { user: user?.name, port: server.port } } : {}),
    });
    const read = [command[0], resolve(process.argv[1] ?? ""), file ?? directory];
    const hidden = isSystem && user?.isOwn !== true ? await hiddenFromOthers(read) : undefined;
    const isUnsaved = isSystem && user === undefined && server.store !== "memory";
    return {
      unit,
      warnings: [
        ...(hidden === undefined
          ? []
          : [`! The service has no rights of root and cannot read ${hidden}.`]),
        ...(isUnsaved
          ? [`! It cannot write the store there: set store: "/var/lib/agproxy/agproxy.sqlite"`]
          : []),
        ...variablesAdvice(values["env-file"]),
      ],
    };
  });
}

function variablesAdvice(environmentFile: string | undefined): readonly string[] {
  const isCached = /[/\\]_npx[/\\]/.test(process.argv[1] ?? "");
  return [
    ...(environmentFile === undefined
      ? [
          "It does not see your shell's variables, such as keys: give a file that has them, --env-file FILE.",
        ]
      : []),
    ...(isCached
      ? ["! This agproxy lies in npx's cache, which comes and goes: npm install --global agproxy"]
      : []),
  ];
}

function placeOf(isSystem: boolean, home: string): string {
  if (isSystem) return "/etc/systemd/system/agproxy.service";
  const folder = process.env["XDG_CONFIG_HOME"] || join(home, ".config");
  return join(folder, "systemd/user/agproxy.service");
}

function steps(isSystem: boolean): readonly string[] {
  const flag = isSystem ? "" : "--user ";
  return [
    "Then:",
    `  systemctl ${flag}daemon-reload`,
    `  systemctl ${flag}enable --now agproxy`,
    `  journalctl ${flag}--unit agproxy --follow`,
    ...(isSystem ? [] : ["  loginctl enable-linger    to run it while you are not logged in"]),
  ];
}

/** The command line that starts agproxy as it was started for this one. */
function startCommand(
  file: string | undefined,
  { host, port, "log-level": level }: CommandLine["values"],
): readonly [string, ...string[]] {
  // Sources are run with their condition only, which npm gives in a variable.
  const conditions = import.meta.url.endsWith(".ts") ? ["--conditions=@agproxy/source"] : [];
  const flags = Object.entries({ config: file, host, port, "log-level": level }).flatMap(
    ([name, value]) => (value === undefined ? [] : [`--${name}`, value]),
  );
  return [process.execPath, ...conditions, resolve(process.argv[1] ?? ""), "start", ...flags];
}

function fileOf(path: string | undefined): string | undefined {
  return path === undefined ? undefined : resolve(path);
}

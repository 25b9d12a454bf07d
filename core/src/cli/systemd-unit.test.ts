import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { hiddenFromOthers } from "./file-rights.ts";
import { systemdUnit, type UnitParts } from "./systemd-unit.ts";
import { installUnit } from "./unit-install.ts";

const parts: UnitParts = {
  command: [process.execPath, "/opt/agproxy.js", "start"],
  directory: tmpdir(),
  environmentFile: undefined,
  drainMs: 30_000,
};

const system = { user: undefined, port: 8045 };

function folder(context: TestContext, name = "agproxy"): string {
  const parent = mkdtempSync(join(tmpdir(), "agproxy-unit-"));
  context.after(() => rmSync(parent, { recursive: true }));
  const path = join(parent, name);
  mkdirSync(path);
  return path;
}

/** The lines of a unit that set something, as systemd names it. */
function settings(unit: string): ReadonlyMap<string, string> {
  const lines = unit.split("\n").filter((line) => /^\w+=/.test(line));
  return new Map(lines.map((line) => [line.split("=", 1)[0] ?? "", line.replace(/^\w+=/, "")]));
}

const skip =
  spawnSync("systemd-analyze", ["--version"]).status === 0
    ? false
    : "systemd-analyze is not installed";

/** What systemd says of a unit; nothing where it is good. */
function faults(context: TestContext, unit: string, kind: "user" | "system"): string {
  const file = join(folder(context), "agproxy.service");
  writeFileSync(file, unit);
  const { status, stdout, stderr } = spawnSync("systemd-analyze", [`--${kind}`, "verify", file], {
    encoding: "utf8",
    // A manager of a user has such a folder; without a session there is none.
    env: { ...process.env, XDG_RUNTIME_DIR: join(file, "..") },
  });
  // It looks at the machine's other units too.
  const ours = (stdout + stderr).split("\n").filter((line) => line.includes("agproxy"));
  return [...(status === 0 ? [] : [`exit ${status}`]), ...ours].join("\n");
}

test("systemd takes the units, also with strange paths", { skip }, (context) => {
  const directory = folder(context, 'ä $HOME %n "quoted" \\');
  const environmentFile = join(directory, "v %h");
  const strange: UnitParts = {
    ...parts,
    directory,
    environmentFile,
    command: [process.execPath, join(directory, "agproxy.js"), "start", "--config", "a b"],
  };
  for (const given of [parts, strange]) {
    assert.equal(faults(context, systemdUnit(given), "user"), "");
    assert.equal(faults(context, systemdUnit({ ...given, system }), "system"), "");
    const owned = { user: "root", port: 80 };
    assert.equal(faults(context, systemdUnit({ ...given, system: owned }), "system"), "");
  }
});

test("a mistake in a unit would be seen", { skip }, (context) => {
  const wrong = systemdUnit(parts).replace("RestartSec=2", "RestartSec=soon");
  assert.match(faults(context, wrong, "user"), /sec value.*soon/);
});

test("systemd finds the unit of a machine well hardened", { skip }, (context) => {
  const file = join(folder(context), "agproxy.service");
  writeFileSync(file, systemdUnit({ ...parts, system }));
  const flags = ["security", "--offline=true", "--threshold=25", "--no-pager", file];
  const { status, stdout, stderr } = spawnSync("systemd-analyze", flags, { encoding: "utf8" });
  assert.equal(status, 0, stdout + stderr);
});

test("arguments are taken as they are: systemd reads %, $, quotes and backslashes", () => {
  const unit = systemdUnit({ ...parts, command: ["/node", "a b", "%h", "$HOME", 'q"\\', "plain"] });
  assert.equal(settings(unit).get("ExecStart"), String.raw`/node "a b" %%h $$HOME "q\"\\" plain`);
});

function unitAt(port: number): ReadonlyMap<string, string> {
  return settings(systemdUnit({ ...parts, system: { ...system, port } }));
}

test("a stop waits for open requests, and a port below 1024 gets its one right", () => {
  assert.equal(unitAt(8045).get("TimeoutStopSec"), "45");
  assert.equal(unitAt(8045).get("CapabilityBoundingSet"), "");
  assert.equal(unitAt(8045).has("AmbientCapabilities"), false);
  assert.equal(unitAt(443).get("AmbientCapabilities"), "CAP_NET_BIND_SERVICE");
});

/** Runs `agproxy service install` for a folder with a JSON config. */
async function install(
  directory: string,
  {
    config = {},
    isRoot = false,
    ...values
  }: { config?: object; isRoot?: boolean } & Readonly<Record<string, unknown>>,
) {
  writeFileSync(join(directory, "agproxy.config.json"), JSON.stringify({ ...config, plugins: [] }));
  const said = { text: "", notes: "" };
  const output = {
    print: (more: string) => ((said.text += more), 0),
    note: (more: string) => ((said.notes += more), 0),
  };
  const source = { directory, overrides: {} };
  const asker = { isRoot, home: directory };
  await installUnit(source, values, output, asker);
  return said;
}

const onLinux = { skip: process.platform === "linux" ? false : "systemd is Linux's" };

test(
  "service install prints a unit and nothing else, and says what it did not write",
  onLinux,
  async (context) => {
    const directory = folder(context);
    const { text, notes } = await install(directory, {
      config: { drain: 5000 },
      "log-level": "warn",
    });
    const unit = settings(text);
    assert.match(text, /^\[Unit\]\n/);
    const config = join(directory, "agproxy.config.json");
    assert.ok(unit.get("ExecStart")?.startsWith(process.execPath));
    assert.ok(unit.get("ExecStart")?.endsWith(` start --config ${config} --log-level warn`));
    assert.equal(unit.get("TimeoutStopSec"), "20");
    assert.equal(unit.get("WantedBy"), "default.target");
    assert.equal(unit.has("DynamicUser"), false, "managers of users have no such users");
    assert.match(notes, /Nothing is written\. The file is .*\/systemd\/user\/agproxy\.service/);
    assert.match(notes, /systemctl --user enable --now agproxy/);
    assert.match(notes, /shell's variables.*--env-file FILE/);
  },
);

test("service install --write writes it once", onLinux, async (context) => {
  const directory = folder(context);
  const { text } = await install(directory, { write: true, "env-file": "/etc/agproxy.env" });
  const file = join(directory, ".config/systemd/user/agproxy.service");
  assert.match(text, new RegExp(`^Wrote ${file}`));
  assert.equal(settings(readFileSync(file, "utf8")).get("EnvironmentFile"), "/etc/agproxy.env");
  assert.equal(statSync(file).mode & 0o022, 0);
  await assert.rejects(install(directory, { write: true }), /is there already and stays as it is/);
});

test("for root it is the machine's, and runs without root's rights", onLinux, async (context) => {
  const directory = folder(context);
  const config = { port: 443, store: "agproxy.sqlite" };
  const { text, notes } = await install(directory, { config, isRoot: true });
  const unit = settings(text);
  assert.equal(unit.get("WantedBy"), "multi-user.target");
  assert.equal(unit.get("AmbientCapabilities"), "CAP_NET_BIND_SERVICE");
  assert.notEqual(unit.get("User"), "root");
  assert.match(notes, /\/etc\/systemd\/system\/agproxy\.service/);
  if (statSync(directory).uid !== 0) return;
  assert.equal(unit.get("DynamicUser"), "yes");
  assert.match(notes, /cannot write the store/);
  assert.match(
    notes,
    /cannot read .*agproxy-unit-/,
    "nobody but its owner sees a temporary folder",
  );
});

test("what others cannot read is found, also where a folder above hides it", async (context) => {
  const directory = folder(context);
  const file = join(directory, "config.json");
  writeFileSync(file, "{}");
  chmodSync(join(directory, ".."), 0o711);
  const hidden = await hiddenFromOthers([file]);
  assert.ok(hidden === undefined || !hidden.startsWith(join(directory, "..")), hidden);
  chmodSync(directory, 0o700);
  assert.equal(await hiddenFromOthers([file]), directory);
  chmodSync(directory, 0o755);
  chmodSync(file, 0o600);
  assert.equal(await hiddenFromOthers([file]), file);
});

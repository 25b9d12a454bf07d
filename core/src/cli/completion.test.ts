import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { commandTable } from "./commands.ts";
import { completion } from "./completion.ts";

const table = commandTable({
  keys: {
    summary: "keep keys",
    argument: "ACTION",
    choices: ["add", "list"],
    options: { name: { type: "string", value: "NAME", text: "whose it is" } },
    load: () => Promise.reject(new Error("not run in this test")),
  },
});
const { commands } = table;

async function scriptOf(shell: string): Promise<string> {
  const said = { text: "" };
  await completion(shell, table, (text) => ((said.text += text), 0));
  return said.text;
}

/** What a shell prints that runs this program, with the script for it as the first argument. */
function run(shell: string, flags: readonly string[], program: string, script: string): string {
  const end = spawnSync(shell, [...flags, "-c", program, "test", script], {
    encoding: "utf8",
    timeout: 60_000,
  });
  assert.equal(end.status, 0, end.stderr);
  assert.equal(end.stderr, "");
  return end.stdout;
}

function skipWithout(shell: string): string | false {
  return spawnSync(shell, ["-c", ""]).status === 0 ? false : `${shell} is not installed`;
}

for (const shell of ["bash", "zsh", "fish"]) {
  test(`the script for ${shell} has every command and option, and every client`, async () => {
    const script = await scriptOf(shell);
    for (const [name, command] of Object.entries(commands)) {
      assert.ok(script.includes(name), name);
      for (const option of command.options) {
        const flag = shell === "fish" ? `-l ${option} ` : `--${option}`;
        assert.ok(script.includes(flag), flag);
      }
    }
    for (const word of ["debug", "open-webui", "install"]) assert.ok(script.includes(word), word);
  });
}

/** What Tab offers after these words; the last one is not finished. Bash has taken `--a=b` apart. */
async function offeredByBash(...words: readonly string[]): Promise<readonly string[]> {
  const list = ["agproxy", ...words].map((word) => `'${word}'`).join(" ");
  const program = `eval "$1"
    COMP_WORDS=(${list}) COMP_CWORD=${words.length}
    _agproxy
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const printed = run("bash", ["--norc", "--noprofile"], program, await scriptOf("bash"));
  return printed.split("\n").filter((line) => line !== "");
}

test("bash completes", { skip: skipWithout("bash") }, async () => {
  const names = Object.keys(commands);
  assert.deepEqual(await offeredByBash(""), [...names, "help", "--help", "--version"]);
  assert.deepEqual(await offeredByBash("star"), ["start"]);
  assert.deepEqual(await offeredByBash("start", "--log-l"), ["--log-level"]);
  assert.deepEqual(await offeredByBash("start", "--log-level", "de"), ["debug"]);
  assert.deepEqual(await offeredByBash("start", "--log-level", "=", "de"), ["debug"]);
  assert.ok((await offeredByBash("start", "--log-level", "=")).includes("silent"));
  assert.deepEqual(await offeredByBash("init", "--client", "zed", "--wr"), ["--write"]);
  assert.deepEqual(await offeredByBash("--config", "start", "expl"), ["explain"]);
  assert.deepEqual(await offeredByBash("completion", ""), ["--help", "bash", "zsh", "fish"]);
  assert.deepEqual(await offeredByBash("completion", "zsh", ""), ["--help"]);
  assert.deepEqual(await offeredByBash("start", "--port", ""), []);
  const file = import.meta.filename;
  assert.deepEqual(await offeredByBash("check", "--config", file.slice(0, -5)), [file]);
  assert.ok(!(await offeredByBash("explain", "")).includes("--client"));
});

test("fish completes", { skip: skipWithout("fish") }, async () => {
  const script = await scriptOf("fish");
  const offered = (line: string) =>
    spawnSync("fish", ["--no-config", "-c", "eval $argv[1]; complete -C $argv[2]", script, line], {
      encoding: "utf8",
    })
      .stdout.split("\n")
      .map((row) => row.split("\t", 1)[0])
      .filter((word) => word !== "");
  assert.deepEqual(new Set(offered("agproxy ")), new Set([...Object.keys(commands), "help"]));
  assert.deepEqual(offered("agproxy start --log-level de"), ["debug"]);
  assert.deepEqual(offered("agproxy init --client kil"), ["kilo"]);
  assert.deepEqual(offered("agproxy completion "), ["bash", "fish", "zsh"]);
  assert.deepEqual(offered("agproxy completion zsh "), []);
  assert.deepEqual(offered("agproxy service --sys"), ["--system"]);
});

/** Types keys into a zsh and returns what the command then was called with. */
async function typedIntoZsh(keys: string): Promise<string> {
  const program = `zmodload zsh/zpty
    export SCRIPT=$1 TERM=dumb
    zpty shell 'zsh -f -i'
    zpty -w shell 'autoload -U compinit; compinit -u -D; eval "$SCRIPT"'
    zpty -w shell 'bindkey "^I" complete-word; agproxy() { print -r -- "CALL""ED=$*;" }; print REA""DY'
    zpty -r -m shell seen '*READY*'
    zpty -w shell $'${keys}'
    zpty -r -m shell seen '*CALLED=*;*'
    print -r -- $seen
    zpty -d shell`;
  return (
    /CALLED=(?<called>.*);/.exec(run("zsh", ["-f"], program, await scriptOf("zsh")))?.groups?.[
      "called"
    ] ?? ""
  );
}

test("zsh completes what is typed", { skip: skipWithout("zsh") }, async () => {
  assert.equal(await typedIntoZsh(String.raw`agproxy star\t`), "start");
  assert.equal(
    await typedIntoZsh(String.raw`agproxy start --log-l\tde\t`),
    "start --log-level=debug",
  );
  assert.equal(await typedIntoZsh(String.raw`agproxy init --client kil\t`), "init --client kilo");
  assert.equal(await typedIntoZsh(String.raw`agproxy comp\t fi\t`), "completion fish");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { commandHelp } from "./command-help.ts";
import { CommandLineError, readCommandLine } from "./command-line.ts";
import { commandTable } from "./commands.ts";

const table = commandTable({
  keys: {
    summary: "make keys",
    argument: "add | list",
    choices: ["add", "list"],
    options: {
      name: { type: "string", value: "NAME", text: "of the new key" },
      rpm: { type: "string", value: "N", text: "requests per minute" },
    },
    needs: { name: "add", rpm: "add" },
    load: () => assert.fail("nothing runs"),
  },
});

test("an option that goes with another word or option was ignored without it", () => {
  for (const [args, said] of [
    [["keys", "list", "--rpm", "3"], "--rpm goes with agproxy keys add. See: agproxy keys --help"],
    [["keys", "--name", "ci"], "--name goes with agproxy keys add."],
    [["init", "--port", "9000"], "--port goes with agproxy init --client."],
    [["init", "--config", "other.ts"], "--config goes with agproxy init --client."],
  ] as const) {
    const isRefused = (thrown: unknown) =>
      thrown instanceof CommandLineError && thrown.message.startsWith(said);
    assert.throws(() => readCommandLine(args, table), isRefused, said);
  }
  readCommandLine(["keys", "add", "--rpm", "3"], table);
  readCommandLine(["init", "--client", "zed", "--port", "9000"], table);
});

test("a wrong port or log level on the command line ended like a mistake in the config", () => {
  for (const args of [
    ["start", "--port", "80a"],
    ["start", "--log-level", "loud"],
  ]) {
    assert.throws(() => readCommandLine(args, table), CommandLineError);
  }
});

test('`agproxy stat` was told of "start" alone', () => {
  assert.throws(() => readCommandLine(["stat"], table), /Did you mean: agproxy status\n?$/);
});

test("the help of `keys list` had the options of `keys add`", () => {
  assert.match(commandHelp(table, "keys", "add"), /--rpm N/);
  assert.match(commandHelp(table, "keys"), /--rpm N/);
  assert.doesNotMatch(commandHelp(table, "keys", "list"), /--rpm/);
});

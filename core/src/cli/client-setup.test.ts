import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, posix, win32 } from "node:path";
import { test, type TestContext } from "node:test";
import { type ClientSetup, clientSetup, placed } from "./client-setup.ts";

const catalogue = JSON.parse(
  readFileSync(new URL("../../templates/clients/clients.json", import.meta.url), "utf8"),
) as {
  readonly clients: Readonly<
    Record<string, { readonly writes?: string; readonly template: string }>
  >;
};

const place = { url: "http://127.0.0.1:8045", asksKey: false, key: undefined };

function folder(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "agproxy-client-"));
  context.after(() => rmSync(path, { recursive: true }));
  return path;
}

/** What goes to standard output, and what is said beside it. */
async function output(client: string, changes: Partial<ClientSetup>) {
  const said = { text: "", notes: "" };
  const setup = { client, directory: ".", write: false, model: "my-model", ...place, ...changes };
  await clientSetup(setup, {
    print: (more) => ((said.text += more), 0),
    note: (more) => ((said.notes += more), 0),
  });
  return said;
}

async function printed(client: string, write: boolean, directory: string): Promise<string> {
  return (await output(client, { write, directory })).text;
}

for (const client of Object.keys(catalogue.clients)) {
  test(`${client}: every blank of the template is filled`, async (context) => {
    const directory = folder(context);
    const { text, notes } = await output(client, { directory });
    assert.doesNotMatch(text + notes, /\{\{/);
    assert.match(text, /http:\/\/127\.0\.0\.1:8045/);
    assert.match(text + notes, /my-model/);
    assert.match(notes, /nothing is written/i);
    const { writes, template } = catalogue.clients[client] ?? {};
    if (writes !== undefined) assert.ok(notes.includes(writes.replace("~/", "")), notes);
    if (template?.endsWith(".json")) assert.doesNotThrow(() => JSON.parse(text));
    assert.deepEqual(readdirSync(directory), [], "printing writes nothing");
  });
}

test("Kilo's file is the user's own: in a project's file it refuses what comes from the environment", () => {
  assert.equal(catalogue.clients["kilo"]?.writes, "~/.config/kilo/kilo.json");
});

test("a file is written once, for its owner only, and never over another", async (context) => {
  const directory = folder(context);
  await printed("opencode", true, directory);
  const file = join(directory, "opencode.json");
  assert.equal(JSON.parse(readFileSync(file, "utf8")).model, "agproxy/my-model");
  assert.equal(statSync(file).mode & 0o777, 0o600);
  await assert.rejects(printed("opencode", true, directory), /is there already/);
  assert.deepEqual(readdirSync(directory), ["opencode.json"]);
});

test("a key that is asked for and not known is said to be missing; one that is known is filled in", async () => {
  const unknown = await output("n8n", { asksKey: true });
  assert.match(unknown.text, /"apiKey": "YOUR-AGPROXY-KEY"/);
  assert.match(unknown.notes, /Put a key of agproxy in place of YOUR-AGPROXY-KEY/);
  const known = await output("n8n", { asksKey: true, key: "ag-1" });
  assert.match(known.text, /"apiKey": "ag-1"/);
  assert.doesNotMatch(known.notes, /YOUR-AGPROXY-KEY/);
  assert.match((await output("env", { asksKey: true })).notes, /eval /);
  assert.match(
    (await output("zed", {})).notes,
    /such as not-asked-for \(agproxy asks for no key\)/,
  );
});

test("Open WebUI that has been started before kept its old address, and nothing said why", async () => {
  const { notes } = await output("open-webui", {});
  assert.match(notes.replaceAll("\n# ", " "), /first start .* ENABLE_PERSISTENT_CONFIG=False/);
});

test("--write for a client without a file says that nothing is written", async () => {
  const { text, notes } = await output("cursor", { write: true });
  assert.match(text, /Base URL/);
  assert.match(notes, /Nothing is written: there is no file for this/);
});

test("a client's file is placed by the rules of the system", () => {
  const home = String.raw`C:\Users\you`;
  const folder = String.raw`D:\my project`;
  assert.equal(
    placed("~/.kilo/kilo.json", folder, home, win32),
    String.raw`C:\Users\you\.kilo\kilo.json`,
  );
  assert.equal(placed("kilo.json", folder, home, win32), String.raw`D:\my project\kilo.json`);
  assert.equal(
    placed("~/.kilo/kilo.json", "/project", "/home/you", posix),
    "/home/you/.kilo/kilo.json",
  );
});

test("an unknown client is told the known ones", async (context) => {
  await assert.rejects(printed("toString", false, folder(context)), /There are: \w+, \w+/);
  await assert.rejects(printed("zedd", false, "."), /Did you mean zed\?/);
});

import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { clientSetup } from "./client-setup.ts";

const catalogue = JSON.parse(
  readFileSync(new URL("../../templates/clients/clients.json", import.meta.url), "utf8"),
) as { readonly clients: Readonly<Record<string, { readonly writes?: string }>> };

const place = { url: "http://127.0.0.1:8045", key: "none" };

function folder(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "agproxy-client-"));
  context.after(() => rmSync(path, { recursive: true }));
  return path;
}

async function printed(client: string, write: boolean, directory: string): Promise<string> {
  let text = "";
  const print = (more: string) => ((text += more), 0);
  await clientSetup({ client, directory, write, model: "my-model", ...place }, print);
  return text;
}

for (const client of Object.keys(catalogue.clients)) {
  test(`${client}: every blank of the template is filled`, async (context) => {
    const directory = folder(context);
    const text = await printed(client, false, directory);
    assert.doesNotMatch(text, /\{\{/);
    assert.match(text, /http:\/\/127\.0\.0\.1:8045\/v1/);
    assert.match(text, /my-model/);
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

test("an unknown client is told the known ones", async (context) => {
  await assert.rejects(printed("toString", false, folder(context)), /There are: \w+, \w+/);
});

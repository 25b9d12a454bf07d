/** The promise: several agproxy on one machine have the same keys and count together, and the command changes them while they run. */
import assert from "node:assert/strict";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { agproxy, startAgproxy } from "./support/agproxy-process.ts";
import { folder, installedFolder } from "./support/folder.ts";
import { at } from "./support/json-path.ts";

const config = `
  import { defaults, defineConfig } from "agproxy";
  export default defineConfig({
    store: "store.sqlite",
    plugins: defaults({ auth: { mode: "strict" } }),
  });
`;

async function place() {
  const made = await installedFolder({ "agproxy.config.ts": config });
  const file = join(made.path, "state", "keys.json");
  const env = { AGPROXY_KEY_FILE: file, AGPROXY_API_KEY: undefined, GEMINI_API_KEY: undefined };
  const options = { cwd: made.path, env };
  const keys = async (...args: readonly string[]) => {
    const end = await agproxy(["keys", ...args], options);
    assert.equal(end.code, 0, end.stderr);
    return end.stdout.trim();
  };
  return { ...made, file, options, keys };
}

async function chat(url: string, key: string): Promise<number> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
    body: JSON.stringify({
      model: "gemini-2.5-flash",
      messages: [{ role: "user", content: "Say hello" }],
    }),
  });
  await response.text();
  return response.status;
}

suite("agproxy keys", { concurrency: 2, timeout: 100_000 }, () => {
  test("two processes know one key, count together, and both stop when it is revoked", async () => {
    await using home = await place();
    const key = await home.keys("add", "--name", "laptop", "--rpd", "30");
    await using one = await startAgproxy(home.options);
    await using two = await startAgproxy(home.options);
    const all = Array.from({ length: 60 }, (_, index) => chat([one, two][index % 2]!.url, key));
    const statuses = await Promise.all(all);
    assert.equal(statuses.filter((status) => status === 200).length, 30);
    assert.equal(statuses.filter((status) => status === 429).length, 30);
    const second = await home.keys("add", "--name", "desktop");
    assert.deepEqual([await chat(one.url, second), await chat(two.url, second)], [200, 200]);
    await home.keys("revoke", "desktop");
    assert.deepEqual([await chat(one.url, second), await chat(two.url, second)], [401, 401]);
  });

  test("a key of `keys add` is enough to start where keys are asked for", async () => {
    await using home = await place();
    const refused = await agproxy(["start", "--port", "0"], home.options);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /none is configured[^]*agproxy keys add --name laptop/);
    await home.keys("add", "--name", "laptop");
    await using gateway = await startAgproxy(home.options);
    assert.match(gateway.banner, /^ +auth .*strict, 0 keys, 1 in the key file$/m);
  });

  test("`keys list` shows what a key may and when it was used, and no secret", async () => {
    await using home = await place();
    const args = ["--name", "laptop", "--models", "gemini-*", "--rpm", "60", "--tpd", "1_000_000"];
    const key = await home.keys("add", ...args, "--expires", "30d");
    {
      await using gateway = await startAgproxy(home.options);
      assert.equal(await chat(gateway.url, key), 200);
      gateway.signal("SIGTERM");
      await gateway.finished;
    }
    const text = await home.keys("list", "--json");
    const [shown, ...more] = JSON.parse(text) as readonly object[];
    assert.deepEqual(more, []);
    assert.equal(at(shown, "name"), "laptop");
    assert.equal(at(shown, "prefix"), key.slice(0, 11));
    assert.equal(at(shown, "status"), "active");
    assert.deepEqual(at(shown, "models"), ["gemini-*"]);
    assert.deepEqual(at(shown, "limits"), { rpm: 60, tpd: 1_000_000 });
    assert.match(String(at(shown, "lastUsed")), /^20\d\d-\d\d-\d\dT\d\d:00:00\.000Z$/);
    assert.equal(at(shown, "sha256"), undefined);
    const row =
      /^ +laptop +sk-agp-\w{4}… +active +gemini-\* +rpm 60, tpd 1000000 +\S+ +\S+ +20\S+h$/m;
    assert.match(await home.keys("list"), row);
  });

  test("many commands at once lose no key, and only its owner can read the file", async () => {
    await using home = await place();
    const names = Array.from({ length: 8 }, (_, index) => `key-${index}`);
    await Promise.all(names.map((name) => home.keys("add", "--name", name)));
    const listed = JSON.parse(await home.keys("list", "--json")) as readonly object[];
    assert.deepEqual(listed.map((key) => String(at(key, "name"))).toSorted(), names);
    assert.equal((await stat(home.file)).mode & 0o777, 0o600);
  });

  test("a command line that is not understood changes nothing and says what would be", async () => {
    await using home = await place();
    await home.keys("add", "--name", "laptop");
    const before = await readFile(home.file, "utf8");
    const cases: readonly [args: readonly string[], code: number, said: RegExp][] = [
      [[], 2, /keys add --name NAME, agproxy keys list, or agproxy keys revoke NAME/],
      [["add"], 2, /A key needs a name/],
      [["add", "laptop"], 2, /one word too many/],
      [["add", "--name", "laptop"], 2, /There is a key named "laptop" already/],
      [["add", "--name", "x", "--rpm", "many"], 2, /--rpm must be a whole number above 0/],
      [["add", "--name", "x", "--budget-per-day", "-1"], 2, /--budget-per-day/],
      [["add", "--name", "x", "--expires", "soon"], 2, /--expires must be a time from now/],
      [["add", "--name", "x", "--expires", "2020-01-01"], 2, /--expires must be a time from now/],
      [["add", "--name", "x", "--models", "a,,b"], 2, /--models has an empty name/],
      [["add", "--name", "x", "--rmp", "3"], 2, /Did you mean --rpm\?/],
      [["revoke"], 2, /Name the key/],
      [["revoke", "laptp"], 1, /Did you mean: agproxy keys revoke laptop/],
      [["list", "--port", "1"], 2, /agproxy keys takes no --port/],
    ];
    for (const [args, code, said] of cases) {
      const end = await agproxy(["keys", ...args], home.options);
      assert.equal(end.code, code, args.join(" "));
      assert.match(end.stderr, said);
      assert.equal(end.stdout, "");
    }
    assert.equal(await readFile(home.file, "utf8"), before);
  });

  test("it warns of limits that would not hold", async () => {
    await using home = await folder();
    const env = { AGPROXY_KEY_FILE: join(home.path, "keys.json"), AGPROXY_API_KEY: undefined };
    const args = ["keys", "add", "--name", "laptop", "--budget-per-day", "2.50"];
    const { code, stdout, stderr } = await agproxy(args, { cwd: home.path, env });
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^sk-agp-\w{49}\n$/);
    assert.match(stderr, /^! Nobody needs a key here/m);
    assert.match(stderr, /^! The config has no prices/m);
    assert.match(stderr, /^! What is used is counted in memory/m);
  });

  test("without the auth plugin there is no key to make", async () => {
    await using home = await installedFolder({ "agproxy.config.json": '{ "plugins": ["guard"] }' });
    const end = await agproxy(["keys", "add", "--name", "laptop"], { cwd: home.path });
    assert.equal(end.code, 1);
    assert.match(end.stderr, /The config has no auth plugin/);
  });
});

test("the help names the command without loading a config", async () => {
  await using home = await folder();
  await writeFile(join(home.path, "agproxy.config.json"), "{ this is no config");
  const all = await agproxy(["--help"], { cwd: home.path });
  assert.match(all.stdout, /^ +agproxy keys add \| list \| revoke NAME\s+make, list and revoke/m);
  const own = await agproxy(["keys", "--help"], { cwd: home.path });
  assert.match(own.stdout, /^ +--rpm N +requests per minute$/m);
});

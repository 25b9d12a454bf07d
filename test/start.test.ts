/** The command line as a user types it. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, request, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { suite, test } from "node:test";
import { startSandbox } from "@agproxy/plugin-sandbox";
import { agproxy, startAgproxy } from "./support/agproxy-process.ts";
import { folder, installedFolder } from "./support/folder.ts";
import { at } from "./support/json-path.ts";
import { repository } from "./support/repository.ts";

const cwd = repository;

function post(url: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  return fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** What a command tells programs. */
async function readJson(...args: readonly string[]): Promise<unknown> {
  const end = await agproxy([...args, "--json"], { cwd });
  assert.equal(end.code, 0, end.stderr);
  return JSON.parse(end.stdout);
}

const hello = { model: "gpt-4o", messages: [{ role: "user", content: "Say hello" }] };
/** For gateways without a mapping of names. */
const plain = { ...hello, model: "gemini-2.5-flash", stream: true };

suite("agproxy start", { concurrency: 2, timeout: 100_000 }, () => {
  test("the banner says where, who, what, and shows a line that works when pasted", async () => {
    await using gateway = await startAgproxy({ cwd });
    const { banner, url } = gateway;
    assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.match(banner, /^agproxy \d+\.\d+\.\d+ listens on http/);
    assert.ok(banner.includes(join(repository, "agproxy.config.ts")), "the file it has read");
    assert.match(banner, /^ +auth +authenticate\b.*\boff \(loopback only\)$/m);
    assert.match(banner, /^ +model-mapping +resolveModel listModels\b/m);
    assert.match(banner, /^ +openai .*\/v1\/chat\/completions/m);
    assert.match(banner, /^ +sandbox-1@agproxy\.invalid +sandbox$/m);
    assert.match(banner, /SANDBOX: no model/);
    const line =
      /^ *curl -N (?<target>\S+) -H "(?<name>[\w-]+): (?<value>[^"]+)" -d '(?<body>.*)'$/m;
    const { target = "", name = "", value = "", body = "" } = line.exec(banner)?.groups ?? {};
    const response = await fetch(target, { method: "POST", headers: { [name]: value }, body });
    assert.match(await response.text(), /data: \[DONE\]\n\n$/);
  });

  test("an empty folder is served by the built-in config, which says so", async () => {
    await using place = await folder();
    await using gateway = await startAgproxy({ cwd: place.path });
    assert.match(
      gateway.banner,
      /^config +built in, since this folder has no agproxy\.config\.\*/m,
    );
    const response = await post(`${gateway.url}/v1/chat/completions`, hello);
    assert.match(await response.text(), /You said: Say hello/);
    const env = { GEMINI_API_KEY: "AIza-one,AIza-two" };
    const withKeys = await agproxy(["plugins"], { cwd: place.path, env });
    assert.match(withKeys.stdout, /^ +14 +gemini\b/m);
    assert.doesNotMatch(withKeys.stdout, /sandbox/);
  });

  test("without a protocol or an upstream it says so, and the line to try works", async () => {
    for (const [plugins, gap] of [
      [["sandbox"], /^! NO PROTOCOL: /m],
      [["openai"], /^! NO UPSTREAM: /m],
    ] as const) {
      await using place = await folder({ "agproxy.config.json": JSON.stringify({ plugins }) });
      await using gateway = await startAgproxy({ cwd: place.path });
      assert.match(gateway.banner, gap);
      const target = /^ *curl (?<target>\S+)$/m.exec(gateway.banner)?.groups?.["target"] ?? "";
      assert.equal((await fetch(target)).status, 200);
    }
  });

  test("a config with Google's wire alone is not told that it lacks a protocol", async () => {
    const config = JSON.stringify({ plugins: ["gemini-native", "sandbox"] });
    await using place = await folder({ "agproxy.config.json": config });
    await using gateway = await startAgproxy({ cwd: place.path });
    assert.doesNotMatch(gateway.banner, /NO PROTOCOL/);
  });

  test("where nothing maps names, the line to try asked for a model that is not there", async () => {
    const plugins = ["openai", ["sandbox", { accounts: 1 }]];
    await using place = await folder({ "agproxy.config.json": JSON.stringify({ plugins }) });
    await using gateway = await startAgproxy({ cwd: place.path });
    const { path = "", body = "" } =
      /^ *curl -N \S+?:\d+(?<path>\S+) .* -d '(?<body>.*)'$/m.exec(gateway.banner)?.groups ?? {};
    const response = await post(gateway.url + path, JSON.parse(body));
    assert.match(await response.text(), /data: \[DONE\]\n\n$/);
  });

  test("check did not say that no plugin answers a chat", async () => {
    const files = { "agproxy.config.json": JSON.stringify({ plugins: [] }) };
    await using place = await folder(files);
    const end = await agproxy(["check"], { cwd: place.path });
    assert.equal(end.code, 1);
    assert.match(end.stderr, /^! NO PROTOCOL: .*\n! NO UPSTREAM: /);
  });

  test("environment: key, host and port", async () => {
    const key = "a-key-of-thirty-two-characters-0";
    const env = { AGPROXY_API_KEY: key, AGPROXY_HOST: "0.0.0.0", AGPROXY_PORT: "0" };
    await using gateway = await startAgproxy({ cwd, env, args: [] });
    const { port } = new URL(gateway.url);
    const url = `http://127.0.0.1:${port}`;
    assert.match(gateway.banner, /all_except_health, 1 key/);
    assert.match(gateway.banner, /curl .*-H "Authorization: Bearer \$AGPROXY_API_KEY"/);
    assert.equal((await fetch(`${url}/healthz`)).status, 200);
    assert.equal((await fetch(`${url}/v1/models`)).status, 401);
    const headers = { Authorization: `Bearer ${key}` };
    assert.equal((await fetch(`${url}/v1/models`, { headers })).status, 200);
    assert.ok(!gateway.output.includes(key));
  });

  test("flags stand above the environment, and the environment above the file", async () => {
    await using place = await installedFolder({
      "agproxy.config.js": `import { openai } from "@agproxy/plugin-openai";
export default { host: "host.invalid", port: 1, plugins: [openai()] };`,
    });
    const env = { AGPROXY_HOST: "127.0.0.1", AGPROXY_PORT: "1" };
    await using gateway = await startAgproxy({ cwd: place.path, env, args: ["--port", "0"] });
    assert.match(gateway.url, /^http:\/\/127\.0\.0\.1:/);
    assert.match(gateway.banner, /none: every chat is answered with 503/);
    const response = await post(`${gateway.url}/v1/chat/completions`, hello);
    assert.equal(response.status, 503);
    assert.equal(at(await response.json(), "error", "code"), "no_account");
  });

  test("open to the network without a key, it does not start and offers a key", async () => {
    const end = await agproxy(["start", "--port", "0", "--host", "0.0.0.0"], { cwd });
    assert.equal(end.code, 1);
    assert.match(end.stderr, /AGPROXY_API_KEY=ag-[\w-]{43}\n/);
    assert.ok(!/^ +at /m.test(end.stderr), `no stack: ${end.stderr}`);
  });

  test("a taken port is one sentence and exit code 1", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    const end = await agproxy(["start", "--port", String(port)], { cwd });
    other.close();
    assert.equal(end.code, 1);
    assert.match(
      end.stderr,
      new RegExp(`^agproxy: Port ${port} on 127\\.0\\.0\\.1 is taken\\..*\\n$`),
    );
    assert.equal(end.stdout, "");
  });

  test("a port that is none is told, whoever gives it", async () => {
    const flag = await agproxy(["start", "--port", "80a"], { cwd });
    const variable = await agproxy(["start"], { cwd, env: { AGPROXY_PORT: "70000" } });
    assert.deepEqual([flag.code, variable.code], [2, 1], "2 is for the command line alone");
    for (const end of [flag, variable]) {
      assert.match(end.stderr, /^agproxy: The port "\w+" is no port\..*\n$/);
    }
  });

  test("the log is a line of JSON per exchange, without content", async () => {
    await using gateway = await startAgproxy({ cwd });
    const secret = "a-sentence-nobody-should-read";
    const body = { model: "gpt-4o", messages: [{ role: "user", content: secret }] };
    const response = await post(`${gateway.url}/v1/chat/completions`, body);
    assert.match(await response.text(), new RegExp(secret));
    const [line] = await gateway.said(/^\{.*"msg":"exchange"\}$/m);
    const entry: unknown = JSON.parse(line);
    assert.equal(at(entry, "id"), response.headers.get("x-request-id"));
    assert.equal(at(entry, "account"), response.headers.get("x-account-email"));
    assert.equal(at(entry, "outcome"), "ok");
    assert.equal(at(entry, "asked"), "gpt-4o");
    assert.equal(at(entry, "model"), "gemini-2.5-flash");
    assert.ok(!gateway.output.includes(secret));
  });

  test("an upgrade where no WebSocket is served is a 426, at which clients go on over HTTP", async () => {
    await using place = await installedFolder({
      "agproxy.config.js": `
import { openai } from "@agproxy/plugin-openai";
import { responses } from "@agproxy/plugin-responses";
export default { plugins: [openai(), responses({ websocket: false })] };`,
    });
    await using gateway = await startAgproxy({ cwd: place.path });
    for (const path of ["/v1/responses", "/v1/chat/completions"]) {
      const { status, body } = await upgrade(gateway.url + path);
      assert.equal(status, 426, path);
      assert.equal(at(JSON.parse(body), "error", "code"), "upgrade_required");
    }
    const plainGet = await fetch(`${gateway.url}/v1/responses`);
    assert.equal(plainGet.status, 405, "a GET without an upgrade is another matter");
  });
});

/** Asks for a WebSocket as a client does; the answer is what came in place of one. */
async function upgrade(url: string): Promise<{ status: number | undefined; body: string }> {
  const headers = {
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
  };
  const call = request(url, { headers }).end();
  call.once("upgrade", () => call.destroy(new Error(`${url} has served a WebSocket`)));
  const [response] = (await once(call, "response")) as [IncomingMessage];
  const body = (await Array.fromAsync(response.setEncoding("utf8"))).join("");
  return { status: response.statusCode, body };
}

/** Streams go on once the gateway has been told to stop, and not before. */
const held = `
import { once } from "node:events";
import { openai } from "@agproxy/plugin-openai";
import { sandbox } from "@agproxy/plugin-sandbox";
const told = once(process, "SIGTERM");
const hold = {
  name: "hold",
  apply: ({ hooks }) => hooks.transformStream.tap("hold", async function* (events) {
    for await (const batch of events) {
      yield batch;
      await told;
    }
  }),
};
export default { plugins: [openai(), hold, sandbox({ paceMs: 1 })] };
`;

/** Streams never go on. */
const stalled = (drain: number) => `
import { openai } from "@agproxy/plugin-openai";
import { sandbox } from "@agproxy/plugin-sandbox";
export default { drain: ${drain}, plugins: [openai(), sandbox({ accounts: [{ fail: "stall-midway" }] })] };
`;

suite("stopping", { concurrency: 2, timeout: 100_000 }, () => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    test(`${signal}: an open stream finishes, nobody new comes in, exit code 0`, async () => {
      await using place = await installedFolder({
        "agproxy.config.js": held.replace("SIGTERM", signal),
      });
      await using gateway = await startAgproxy({ cwd: place.path });
      const response = await post(`${gateway.url}/v1/chat/completions`, plain);
      const reader = response.body?.getReader();
      assert.ok(reader !== undefined);
      const decoder = new TextDecoder();
      let text = decoder.decode((await reader.read()).value, { stream: true });
      gateway.signal(signal);
      await gateway.said(/"msg":"stopping/);
      await assert.rejects(fetch(`${gateway.url}/healthz`, { headers: { Connection: "close" } }));
      for (let step = await reader.read(); !step.done; step = await reader.read()) {
        text += decoder.decode(step.value, { stream: true });
      }
      assert.match(text, /data: \[DONE\]\n\n$/);
      const { code, stderr } = await gateway.finished;
      assert.equal(code, 0);
      assert.equal(stderr, gateway.banner);
    });
  }

  test("a stream that does not end is broken off at the limit; exit code 0", async () => {
    await using place = await installedFolder({ "agproxy.config.js": stalled(50) });
    await using gateway = await startAgproxy({ cwd: place.path });
    const response = await post(`${gateway.url}/v1/chat/completions`, plain);
    const text = response.text();
    const whole = text.then(
      (body) => body.endsWith("data: [DONE]\n\n"),
      () => false,
    );
    gateway.signal("SIGTERM");
    assert.equal((await gateway.finished).code, 0);
    assert.equal(await whole, false, "what was broken off does not look complete");
  });

  for (const requests of [[], [hello, plain]]) {
    test(`a log that nobody reads any more: ${requests.length} requests are served, and a stop is a stop`, async () => {
      await using gateway = await startAgproxy({ cwd });
      gateway.hangUp();
      for (const body of requests) {
        const response = await post(`${gateway.url}/v1/chat/completions`, body);
        assert.equal(response.status, 200, await response.text());
      }
      gateway.signal("SIGTERM");
      const { code, stderr } = await gateway.finished;
      assert.equal(code, 0);
      assert.equal(stderr, gateway.banner);
    });
  }

  test("a second signal does not wait", async () => {
    await using place = await installedFolder({ "agproxy.config.js": stalled(600_000) });
    await using gateway = await startAgproxy({ cwd: place.path });
    const abort = new AbortController();
    const url = `${gateway.url}/v1/chat/completions`;
    const response = await post(url, plain, abort.signal);
    gateway.signal("SIGINT");
    await gateway.said(/"msg":"stopping/);
    gateway.signal("SIGINT");
    assert.equal((await gateway.finished).code, 130);
    await assert.rejects(response.text());
  });
});

suite("with Gemini keys in the environment", { concurrency: 2, timeout: 100_000 }, () => {
  const keys = ["secret-key-of-the-first", "secret-key-of-the-second"] as const;
  const accounts = [
    { key: keys[0], label: "first" },
    { key: keys[1], label: "second" },
  ];
  const environment = (url: string) => ({ GEMINI_API_KEY: keys.join(", "), GEMINI_BASE_URL: url });

  function assertSecret(text: string): void {
    for (const key of keys) assert.ok(!text.includes(key), `the key is in: ${text}`);
  }

  test("requests go to the Gemini API; each key is an account, and none is ever shown", async () => {
    await using upstream = await startSandbox({ accounts });
    await using gateway = await startAgproxy({ cwd, env: environment(upstream.url) });
    assert.doesNotMatch(gateway.banner, /SANDBOX/);
    const seen: string[] = [gateway.banner];
    const labels = new Set<string | null>();
    const ask = async (body: object) => {
      const response = await post(`${gateway.url}/v1/chat/completions`, body);
      seen.push(await response.text(), JSON.stringify([...response.headers]));
      labels.add(response.headers.get("x-account-email"));
      return response.status;
    };
    assert.equal(await ask(hello), 200);
    assert.equal(await ask({ ...hello, stream: true }), 200);
    assert.equal(labels.size, 2, "both accounts are used");
    upstream.fail("first", "unauthorized");
    upstream.fail("second", "forbidden");
    assert.ok((await ask(hello)) >= 400);
    assert.ok((await ask({ ...hello, stream: true })) >= 400);
    const sent = upstream.requests.filter(({ method }) => method === "POST");
    assert.deepEqual(new Set(sent.map(({ headers }) => headers["x-goog-api-key"])), new Set(keys));
    for (const { path } of sent) {
      assert.match(path, /^\/v1beta\/models\/gemini-2\.5-flash:(?:g|streamG)enerateContent/);
      assertSecret(path);
    }
    gateway.signal("SIGTERM");
    await gateway.finished;
    seen.push(gateway.output);
    for (const text of seen) assertSecret(text);
  });

  test("check: all good is exit code 0, one bad account is 1 and says what to do", async () => {
    await using upstream = await startSandbox({ accounts });
    const env = environment(upstream.url);
    const good = await agproxy(["check"], { cwd, env });
    assert.equal(good.code, 0, good.stdout + good.stderr);
    assert.equal(good.stdout.match(/ free$/gm)?.length, 2, good.stdout);
    upstream.fail("second", "unauthorized");
    const bad = await agproxy(["check"], { cwd, env });
    assert.equal(bad.code, 1);
    assert.equal(bad.stdout.match(/ free$/gm)?.length, 1, bad.stdout);
    assert.match(bad.stdout, / faulty: .*API key not valid/);
    for (const { stdout, stderr } of [good, bad]) assertSecret(stdout + stderr);
  });

  test("check: an upstream that cannot be reached is exit code 1", async () => {
    const upstream = await startSandbox({ accounts });
    await upstream.close();
    const end = await agproxy(["check"], { cwd, env: environment(upstream.url) });
    assert.equal(end.code, 1);
    assert.match(end.stdout, / shaky: 127\.0\.0\.1:\d+ could not be reached/);
    assertSecret(end.stdout + end.stderr);
  });
});

suite("the other commands", { concurrency: 2, timeout: 100_000 }, () => {
  test("check: the sandbox is good", async () => {
    const end = await agproxy(["check"], { cwd });
    assert.equal(end.code, 0);
    assert.match(
      end.stdout,
      /agproxy\.config\.ts: good, \d+ plugins\n( +sandbox-\d@.* free\n){3}$/,
    );
  });

  test("plugins: each with its place, its hooks, and its turn in each", async () => {
    const order = ["model-mapping", "openai", "sandbox", "guard"];
    const entries = order.map((name) => `@agproxy/plugin-${name}`);
    await using place = await installedFolder({
      "agproxy.config.json": JSON.stringify({ plugins: entries }),
    });
    const end = await agproxy(["plugins"], { cwd: place.path });
    assert.equal(end.code, 0);
    const rows = end.stdout.trimEnd().split("\n").slice(1);
    assert.deepEqual(
      rows.map((row) => /^ +(\d+) +([\w-]+)/.exec(row)?.slice(1, 3)),
      order.map((name, index) => [String(index + 1), name]),
    );
    assert.match(rows[0] ?? "", / resolveModel #1, listModels #2\b/, "it lists after the upstream");
    assert.match(rows[2] ?? "", / listModels #1, close #1\b/);
    assert.match(rows[3] ?? "", / beforeAuth #1\b/);
  });

  test("explain: which model, which rule, and why", async () => {
    const end = await agproxy(["explain", "gpt-4o"], { cwd });
    assert.equal(end.code, 0);
    assert.match(end.stdout, /^gpt-4o → gemini-2\.5-flash\n/);
    assert.match(end.stdout, /model-mapping: .*"gpt-4o" of the default table decides/);
    const own = await agproxy(["explain", "my-own-model"], { cwd });
    assert.match(own.stdout, /^my-own-model → my-own-model\n.*No rule fits/);
    const missing = await agproxy(["explain"], { cwd });
    assert.equal(missing.code, 2);
    assert.match(missing.stderr, /^agproxy: .*agproxy explain MODEL\n$/);
  });

  test("explain and the running gateway agree, also on rules of the user's own", async () => {
    await using place = await installedFolder();
    await agproxy(["init"], { cwd: place.path });
    const template = await readFile(join(place.path, "agproxy.config.ts"), "utf8");
    const rule = '"gpt-4o": "gemini-2.5-pro",';
    assert.ok(template.includes(`// ${rule}`), "the template shows a rule to take the comment off");
    await place.write("agproxy.config.ts", template.replace(`// ${rule}`, rule));
    const end = await agproxy(["explain", "gpt-4o"], { cwd: place.path });
    assert.match(end.stdout, /^gpt-4o → gemini-2\.5-pro\n.*your rules decides/);
    await using gateway = await startAgproxy({ cwd: place.path });
    const response = await post(`${gateway.url}/v1/chat/completions`, hello);
    assert.equal(response.headers.get("x-mapped-model"), "gemini-2.5-pro");
    await response.body?.cancel();
  });

  test("init writes a config once and never over one", async () => {
    await using place = await installedFolder();
    const file = join(place.path, "agproxy.config.ts");
    const first = await agproxy(["init"], { cwd: place.path });
    assert.equal(first.code, 0);
    assert.ok(first.stdout.includes(file) && first.stdout.includes("agproxy start"), first.stdout);
    await place.write("agproxy.config.ts", "// mine\n");
    const second = await agproxy(["init"], { cwd: place.path });
    assert.equal(second.code, 1);
    assert.match(second.stderr, /^agproxy: .* is there already and stays as it is\.\n$/);
    assert.equal(await readFile(file, "utf8"), "// mine\n");
  });

  test("init does not put a second config beside one of another kind", async () => {
    await using place = await installedFolder({ "agproxy.config.yaml": "plugins: []\n" });
    const end = await agproxy(["init"], { cwd: place.path });
    assert.equal(end.code, 1);
    assert.match(end.stderr, /agproxy\.config\.yaml/);
  });

  test("the preset that init writes is the table of contents in the repository", async () => {
    await using place = await folder();
    await agproxy(["init"], { cwd: place.path });
    const written = await agproxy(["plugins"], { cwd: place.path });
    assert.equal(written.code, 0, written.stderr);
    assert.equal(written.stdout, (await agproxy(["plugins"], { cwd })).stdout);
  });

  test("no command, --help and --version tell; an unknown command or flag is told, not guessed", async () => {
    for (const args of [[], ["--help"], ["help"]]) {
      const end = await agproxy(args, { cwd });
      assert.equal(end.code, 0);
      for (const word of ["start", "check", "init", "plugins", "explain", "--config", "--port"]) {
        assert.ok(end.stdout.includes(word), word);
      }
    }
    assert.match((await agproxy(["--version"], { cwd })).stdout, /^\d+\.\d+\.\d+\n$/);
    const command = await agproxy(["strat"], { cwd });
    assert.equal(command.code, 2);
    assert.match(command.stderr, /^agproxy: there is no command "strat"\.\n/);
    const flag = await agproxy(["start", "--prot", "1"], { cwd });
    assert.notEqual(flag.code, 0);
    assert.match(flag.stderr, /^agproxy: .*--prot/);
    assert.ok(!/^ +at /m.test(flag.stderr));
  });

  test("each command has its help", async () => {
    for (const [args, words] of [
      [
        ["start", "--help"],
        ["agproxy start", "--port", "--log-level", "--env-file"],
      ],
      [
        ["help", "init"],
        ["agproxy init", "--client", "--write"],
      ],
      [
        ["explain", "-h"],
        ["agproxy explain MODEL", "--json"],
      ],
    ] as const) {
      const end = await agproxy(args, { cwd });
      assert.equal(end.code, 0, end.stderr);
      for (const line of end.stdout.split("\n")) assert.ok(line.length <= 80, line);
      for (const word of words) assert.ok(end.stdout.includes(word), word);
    }
  });

  test("what a command does not take is refused with exit code 2 and a suggestion", async () => {
    for (const [args, says] of [
      [["strat"], /there is no command "strat"\.\nDid you mean: agproxy start\n/],
      [
        ["start", "--prot", "1"],
        /no option --prot\. Did you mean --port\? See: agproxy start --help/,
      ],
      [["start", "--client", "codex"], /agproxy start takes no --client/],
      [
        ["start", "other.json"],
        /does not take "other\.json"\. Did you mean --config other\.json\?/,
      ],
      [["init", "codex"], /does not take "codex"\. Did you mean --client codex\?/],
      [["start", "--wach"], /no option --wach\. Did you mean --watch\?/],
      [["explain", "a", "b"], /agproxy explain does not take "b"/],
      [["completion"], /^agproxy: Say which: agproxy completion bash, zsh, or fish\n$/],
      [["service", "stop"], /does not take "stop"\. Say which: agproxy service install\n$/],
      [["start", "--port"], /--port needs a value: --port PORT/],
      [["check", "--json=yes"], /--json takes no value/],
    ] as const) {
      const end = await agproxy(args, { cwd });
      assert.equal(end.code, 2, end.stderr);
      assert.match(end.stderr, says);
      assert.equal(end.stdout, "");
    }
  });

  test("--json is for programs", async () => {
    const checked = await readJson("check");
    assert.equal(at(checked, "good"), true);
    assert.equal(at(checked, "config"), join(repository, "agproxy.config.ts"));
    assert.equal(at(checked, "accounts", 0, "standing"), "free");
    assert.match(String(at(checked, "warnings", 0)), /^SANDBOX/);
    const listed = await readJson("plugins");
    assert.equal(at(listed, 0, "name"), "guard");
    assert.deepEqual(at(listed, 0, "hooks", 0), { hook: "beforeAuth", position: 1 });
    const explained = await readJson("explain", "gpt-4o");
    assert.equal(at(explained, "model"), "gemini-2.5-flash");
    assert.equal(at(explained, "reasons", 0, "plugin"), "model-mapping");
  });

  test("--env-file is read where it is asked for; what is set already stays", async () => {
    await using place = await folder({
      ".env": "GEMINI_API_KEY=AIza-one\nAGPROXY_HOST=0.0.0.0\n",
    });
    const env = { AGPROXY_HOST: "127.0.0.1" };
    const without = await agproxy(["plugins"], { cwd: place.path, env });
    assert.match(without.stdout, / sandbox /);
    const end = await agproxy(["plugins", "--env-file", ".env"], { cwd: place.path, env });
    assert.match(end.stdout, / gemini /, end.stderr);
    assert.doesNotMatch(end.stdout, / sandbox /);
    const missing = await agproxy(["plugins", "--env-file", "other"], { cwd: place.path });
    assert.notEqual(missing.code, 0);
    assert.match(missing.stderr, /\bother\b/);
  });

  test("--log-level stands above the file", async () => {
    const args = ["--port", "0", "--log-level", "silent"];
    await using gateway = await startAgproxy({ cwd, args });
    await (await post(`${gateway.url}/v1/chat/completions`, hello)).text();
    gateway.signal("SIGTERM");
    assert.doesNotMatch((await gateway.finished).stdout, /"level"/);
    const wrong = await agproxy(["start", "--log-level", "loud"], { cwd });
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /"loud" is none\. Write silent, error, warn, info, debug\.\n$/);
  });

  test("the text that init --client names where no key is asked for does not keep agproxy from starting", async () => {
    const { stderr } = await agproxy(["init", "--client", "zed"], { cwd });
    const [, text] = /Set AGPROXY_API_KEY to a text such as (\S+) \(/.exec(stderr) ?? [];
    const end = await agproxy(["plugins"], { cwd, env: { AGPROXY_API_KEY: text } });
    assert.deepEqual([end.code, end.stderr], [0, ""]);
  });

  test("init --client reads the config beside it, and its output can be redirected to a file", async () => {
    await using place = await folder({
      "agproxy.config.json": JSON.stringify({
        port: 8123,
        plugins: {
          preset: "default",
          auth: { mode: "strict", keys: "a-key-of-thirty-two-characters-0" },
        },
      }),
    });
    const roo = await agproxy(["init", "--client", "roo"], { cwd: place.path });
    assert.equal(roo.code, 0, roo.stderr);
    const profile = at(JSON.parse(roo.stdout), "providerProfiles", "apiConfigs", "agproxy");
    assert.equal(at(profile, "openAiBaseUrl"), "http://127.0.0.1:8123/v1");
    assert.equal(at(profile, "openAiApiKey"), "YOUR-AGPROXY-KEY", "no key of the config is shown");
    assert.match(roo.stderr, /Nothing is written\. The file is .*roo-code-settings\.json/);
    const env = { HOME: place.path };
    const codex = await agproxy(["init", "--client", "codex", "--write", "--port", "9"], {
      cwd: place.path,
      env,
    });
    assert.match(codex.stdout, /^Wrote .*agproxy\.config\.toml\. .*codex --profile agproxy/);
    const written = await readFile(join(place.path, ".codex/agproxy.config.toml"), "utf8");
    assert.match(written, /base_url = "http:\/\/127\.0\.0\.1:9\/v1"/);
  });
});

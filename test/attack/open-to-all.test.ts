/** The promise: nobody opens a gateway to everyone without having said so, and who has said so is reminded. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { agproxy, startAgproxy } from "../support/agproxy-process.ts";
import { installedFolder } from "../support/folder.ts";

const imports = ["auth", "guard", "openai", "sandbox"]
  .map((name) => `import { ${name} } from "@agproxy/plugin-${name}";\n`)
  .join("");

/** A config with these settings and these plugins before those that serve. */
const config = (settings: string, plugins: string) =>
  `${imports}export default { port: 0, ${settings} plugins: [${plugins} openai(), sandbox()] };`;

const key = "a-key-of-thirty-two-characters-0";
const withKey = `auth({ keys: "${key}" }),`;

suite("refused", { concurrency: 2, timeout: 100_000 }, () => {
  const unsaid: readonly [what: string, settings: string, ...args: string[]][] = [
    ["allowLanAccess", "allowLanAccess: true,"],
    ["allowLanAccess on a loopback host", 'allowLanAccess: true, host: "127.0.0.1",'],
    ["every address", 'host: "0.0.0.0",'],
    ["every IPv6 address", 'host: "::",'],
    ["a host name", 'host: "gateway.example",'],
    ["a flag", "", "--host", "0.0.0.0"],
  ];

  for (const [what, settings, ...args] of unsaid) {
    test(`${what} without a plugin that asks who it is`, async () => {
      await using place = await installedFolder({
        "agproxy.config.js": config(settings, "guard(),"),
      });
      for (const command of ["start", "check"]) {
        const end = await agproxy([command, ...args], { cwd: place.path });
        assert.equal(end.code, 1);
        assert.equal(end.stdout, "");
        assert.match(end.stderr, /^agproxy: Other machines can connect, because /);
        assert.match(end.stderr, /auth\(\{ keys: .*auth\(\{ mode: "off" \}\)/s);
        assert.ok(!/^ +at /m.test(end.stderr), `no stack: ${end.stderr}`);
      }
    });
  }
});

suite("warned", { concurrency: 2, timeout: 100_000 }, () => {
  const open = /^! OPEN TO THE NETWORK: /m;
  const plain = /^! PLAIN HTTP: /m;
  const pages = /^! OPEN TO WEB PAGES: /m;
  const lan = "allowLanAccess: true,";
  const cases: readonly [
    what: string,
    settings: string,
    plugins: string,
    warnings: readonly RegExp[],
  ][] = [
    ["loopback without keys", "", "guard(), auth(),", []],
    ["loopback without auth", "", "", []],
    ["open, and meant", lan, 'guard(), auth({ mode: "off" }),', [open]],
    ["with keys", lan, `guard(), ${withKey}`, [plain]],
    ["with keys and for every page", lan, `guard({ origins: ["*"] }), ${withKey}`, [plain, pages]],
    ["every page, on loopback", "", 'guard({ origins: ["*"] }),', [pages]],
  ];

  for (const [what, settings, plugins, warnings] of cases) {
    test(what, async () => {
      await using place = await installedFolder({
        "agproxy.config.js": config(settings, plugins),
      });
      const { code, stderr } = await agproxy(["check"], { cwd: place.path });
      assert.equal(code, 0, stderr);
      await using gateway = await startAgproxy({ cwd: place.path, args: [] });
      for (const text of [stderr, gateway.banner]) {
        for (const warning of [open, plain, pages]) {
          assert.equal(warning.test(text), warnings.includes(warning), `${warning}: ${text}`);
        }
      }
      assert.ok(!(stderr + gateway.output).includes(key));
    });
  }
});

/**
 * The promise: the tools of the servers that people use most reach the model. They are installed, asked for their tools
 * and sent through the linter in both dialects; `npm run test:tool-servers` does so, in about a minute.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { suite, test } from "node:test";
import { finishedProcess } from "../support/child-process.ts";
import { folder, type Folder } from "../support/folder.ts";
import { stdioTools } from "../support/stdio-tools.ts";
import { dialects, toolRequest } from "../support/tool-requests.ts";

interface Published {
  readonly from: "npm" | "PyPI";
  readonly package: string;
  readonly bin: string;
  readonly args?: readonly string[];
}

const servers: readonly Published[] = [
  npm("@modelcontextprotocol/server-filesystem", "mcp-server-filesystem", ["."]),
  npm("@modelcontextprotocol/server-github", "mcp-server-github"),
  npm("@playwright/mcp", "playwright-mcp"),
  npm("@notionhq/notion-mcp-server", "notion-mcp-server"),
  npm("@modelcontextprotocol/server-memory", "mcp-server-memory"),
  npm("@modelcontextprotocol/server-sequential-thinking", "mcp-server-sequential-thinking"),
  npm("@modelcontextprotocol/server-everything", "mcp-server-everything", ["stdio"]),
  npm("@modelcontextprotocol/server-puppeteer", "mcp-server-puppeteer"),
  npm("chrome-devtools-mcp", "chrome-devtools-mcp"),
  { from: "PyPI", package: "mcp-server-fetch", bin: "mcp-server-fetch" },
  { from: "PyPI", package: "mcp-server-git", bin: "mcp-server-git" },
  { from: "PyPI", package: "mcp-server-time", bin: "mcp-server-time" },
];

function npm(name: string, bin: string, args: readonly string[] = []): Published {
  return { from: "npm", package: name, bin, args };
}

/** Servers that refuse to start without a key get one. No tool is called, so it is never used. */
const env = {
  NOTION_TOKEN: "none",
  GITHUB_PERSONAL_ACCESS_TOKEN: "none",
  PUPPETEER_SKIP_DOWNLOAD: "1",
  PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: "1",
};

/** Installs what comes from one registry; why not, where it cannot. */
async function installed(from: Published["from"], at: Folder): Promise<string | undefined> {
  const names = servers.filter((server) => server.from === from).map((server) => server.package);
  const steps: readonly (readonly [command: string, ...args: readonly string[]])[] =
    from === "npm"
      ? [["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", ...names]]
      : [
          ["python3", "-m", "venv", "python"],
          [join(at.path, "python/bin/pip"), "install", "--quiet", "--no-input", ...names],
        ];
  for (const [command, ...args] of steps) {
    const end = await finishedProcess(command, args, { cwd: at.path, env }).catch(String);
    if (typeof end === "string") return end;
    if (end.code !== 0) return end.stderr.trim().split("\n").at(-1) ?? "it failed";
  }
  return undefined;
}

suite("the tools of real servers", () => {
  for (const from of ["npm", "PyPI"] as const) {
    test(`of ${from}`, async (t) => {
      await using place = await folder({ "package.json": '{"private":true}' });
      const missing = await installed(from, place);
      if (missing !== undefined) {
        t.skip(`the servers cannot be installed from ${from}: ${missing}`);
        return;
      }
      const bins = from === "npm" ? "node_modules/.bin" : "python/bin";
      for (const { package: name, bin, args = [], ...server } of servers) {
        if (server.from !== from) continue;
        const command = join(place.path, bins, bin);
        const tools = await stdioTools({ command, args, env, cwd: place.path });
        assert.notEqual(tools.length, 0, name);
        for (const tool of tools) {
          for (const [words, dialect] of Object.entries(dialects)) {
            const { refusal } = toolRequest(tool, dialect);
            assert.equal(refusal, undefined, `${name}: ${tool.name}, as ${words}`);
          }
        }
        t.diagnostic(`${name}: ${tools.length} tools`);
      }
    });
  }
});

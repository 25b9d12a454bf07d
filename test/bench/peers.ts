import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { here } from "./child.ts";
import { plainScript } from "./plain-script.ts";

/** Other gateways in Node that translate between OpenAI's wire and Gemini's. */
const versions = { "@portkey-ai/gateway": "1.15.2", "@musistudio/llms": "1.0.53" };

/** Outside of what is checked in, and gone with `node_modules`. */
const folder = here("../../node_modules/.cache/agproxy-bench-peers");

const inside = (path: string) => join(folder, "node_modules", path);

/** What Node is told to run. */
export const peerScripts = {
  portkey: () => [inside("@portkey-ai/gateway/build/start-server.js"), "--headless", "--port=0"],
  llms: () => [plainScript("llms-gateway"), inside("@musistudio/llms/dist/cjs/server.cjs")],
};

/** Installs them, where they are not yet: the only thing in the bench that needs a network. */
export async function installPeers(): Promise<void> {
  if (Object.entries(versions).every(([name, version]) => installed(name) === version)) return;
  mkdirSync(folder, { recursive: true });
  const manifest = { private: true, dependencies: versions };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  // Not what npm sets, if it started the bench: that has this repository's own settings.
  const own = Object.entries(process.env).filter(([name]) => !/^npm_|^NODE_OPTIONS$/i.test(name));
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund"];
  const env = Object.fromEntries(own);
  await promisify(execFile)("npm", ["install", ...flags], { cwd: folder, env });
}

function installed(name: string): unknown {
  const file = inside(`${name}/package.json`);
  if (!existsSync(file)) return undefined;
  return (JSON.parse(readFileSync(file, "utf8")) as { version?: unknown }).version;
}

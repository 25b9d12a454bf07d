import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { JsonObject, Tool } from "agproxy";
import { at } from "./json-path.ts";

export interface StdioServer {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** A server that speaks of nothing by then will not speak. */
const timeoutMs = 30_000;

/**
 * The tools of an MCP server, asked over its standard input. Rejects where the server ends first, or says nothing.
 * Source: https://modelcontextprotocol.io/specification/2025-06-18/server/tools
 */
export async function stdioTools(server: StdioServer): Promise<readonly Tool[]> {
  const child = spawn(server.command, server.args, {
    cwd: server.cwd,
    env: { ...process.env, NODE_OPTIONS: "", ...server.env },
    stdio: ["pipe", "pipe", "ignore"],
    signal: AbortSignal.timeout(timeoutMs),
    killSignal: "SIGKILL",
  });
  const failed = new Promise<never>((_, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`${server.args.join(" ")} ended with ${code}`)));
  });
  // Nobody waits for it any more once the tools are there.
  failed.catch(() => undefined);
  child.stdin.on("error", () => undefined);
  const waiting = new Map<number, (result: unknown) => void>();
  createInterface({ input: child.stdout }).on("line", (line) => {
    const message = parsed(line);
    const id = at(message, "id");
    if (typeof id === "number") waiting.get(id)?.(at(message, "result"));
  });
  const write = (message: object) =>
    void child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  const ask = (id: number, method: string, params: object) => {
    const answer = new Promise<unknown>((resolve) => waiting.set(id, resolve));
    write({ id, method, params });
    return Promise.race([answer, failed]);
  };
  try {
    const clientInfo = { name: "agproxy-test", version: "0" };
    await ask(1, "initialize", { protocolVersion: "2025-06-18", capabilities: {}, clientInfo });
    write({ method: "notifications/initialized" });
    const tools: Tool[] = [];
    let cursor: unknown;
    for (let page = 2; page === 2 || cursor !== undefined; page += 1) {
      const result = await ask(page, "tools/list", cursor === undefined ? {} : { cursor });
      const listed = at(result, "tools");
      for (const tool of Array.isArray(listed) ? listed : []) tools.push(functionTool(tool));
      cursor = at(result, "nextCursor");
    }
    return tools;
  } finally {
    child.kill("SIGKILL");
  }
}

/** A tool as MCP clients hand it to a model. */
function functionTool(tool: unknown): Tool {
  const { description = "" } = tool as { readonly description?: string };
  return {
    name: String(at(tool, "name")),
    description,
    parameters: at(tool, "inputSchema") as JsonObject,
  };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}

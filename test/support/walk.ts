/**
 * Prints the files of core and plugins that a streamed "Say hello" enters, counted by V8's call coverage: `npm run walk`.
 * Coverage does not say in which order files are entered; they are listed by room, in the order of the way through.
 * `npm run walk -- --functions` names what is called in each.
 */
import { Session } from "node:inspector/promises";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gemini } from "@agproxy/plugin-gemini";
import { rotation } from "@agproxy/plugin-rotation";
import { startGateway } from "agproxy/testing";
import { everydayPlugins } from "./everyday-plugins.ts";
import { answerWell, geminiServer } from "./gemini-server.ts";
import { repository } from "./repository.ts";

const key = "a-key-of-the-walk-1234";
const upstream = await geminiServer(answerWell);
const gateway = await startGateway({
  logLevel: "error",
  plugins: [
    ...everydayPlugins({ keys: key }),
    rotation(),
    gemini({ keys: "upstream-key", baseUrl: upstream.url }),
  ],
});

const walks = [
  ["/v1/chat/completions", { messages: [{ role: "user", content: "Say hello" }] }],
  ["/v1/responses", { input: "Say hello" }],
] as const;

async function ask(path: string, body: object): Promise<void> {
  const answer = await fetch(gateway.url + path, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
    body: JSON.stringify({ model: "gpt-4o", stream: true, ...body }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path} answers ${answer.status}: ${text}`);
}

const session = new Session();
session.connect();
await session.post("Profiler.enable");
await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });

/** The files in which a function was called since the last look, each with the names of those functions. */
async function enteredFiles(): Promise<ReadonlyMap<string, readonly string[]>> {
  const { result } = await session.post("Profiler.takePreciseCoverage");
  const files = new Map<string, readonly string[]>();
  for (const { url, functions } of result) {
    if (!url.startsWith("file:")) continue;
    const file = relative(repository, fileURLToPath(url));
    if (!/^(?:core|plugins\/[\w-]+)\/src\//.test(file)) continue;
    const called = functions.filter(({ ranges }) => (ranges[0]?.count ?? 0) > 0);
    if (called.length === 0) continue;
    const names = called.map(({ functionName }) => functionName || "(no name)");
    files.set(file, [...(files.get(file) ?? []), ...names]);
  }
  return files;
}

const withFunctions = process.argv.includes("--functions");
const rooms = ["core/src/server", "core/src/request", "core/src/hooks", "core/src", "plugins"];
const roomOf = (file: string) => rooms.findIndex((room) => file.startsWith(room));

for (const [path, body] of walks) {
  // What is loaded or remembered with the first request is no part of the way.
  await ask(path, body);
  await enteredFiles();
  await ask(path, body);
  const files = [...(await enteredFiles())]
    .toSorted(([a], [b]) => roomOf(a) - roomOf(b) || a.localeCompare(b))
    .map(([file, names]) => (withFunctions ? `${file}: ${names.join(", ")}` : file));
  process.stdout.write(`${path}, streamed: ${files.length} files\n  ${files.join("\n  ")}\n\n`);
}

session.disconnect();
await gateway.close();
await upstream[Symbol.asyncDispose]();

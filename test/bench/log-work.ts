/**
 * What questions to a request log of many exchanges cost. The exchanges are written by a gateway, and asked for as `agproxy logs`
 * and `agproxy stats` do. Sends milliseconds of CPU for each question, and the megabytes of the file.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { requestLog, runLogs, runStats } from "@agproxy/plugin-request-log";
import {
  AgproxyError,
  type ChatEvent,
  definePlugin,
  type PluginCommandLine,
  type PluginContext,
  type Reply,
  type ServerSettings,
  streamOf,
  type Upstream,
  yieldToEventLoop,
} from "agproxy";
import { startGateway } from "agproxy/testing";
import { chatProtocol, incoming } from "./chat-protocol.ts";

export interface LogWork {
  readonly latest: number;
  readonly rare: number;
  readonly one: number;
  readonly counted: number;
  readonly megabytes: number;
}

const count = Number(process.argv[2]);
const folder = mkdtempSync(join(tmpdir(), "agproxy-bench-"));
const plugin = requestLog({ file: join(folder, "requests.sqlite") });

const answer: readonly ChatEvent[] = [
  { type: "text", choice: 0, text: "hello" },
  { type: "finish", choice: 0, reason: "stop" },
  { type: "usage", usage: { inputTokens: 1200, outputTokens: 300, totalTokens: 1500 } },
];

const reply: Reply = {
  started: false,
  gone: false,
  whole() {},
  error() {},
  write: () => undefined,
  end() {},
};

/** Twenty callers ask ten models in turn, and one chat in fifty fails. Returns the settings of the gateway. */
async function fill(): Promise<ServerSettings> {
  let context: PluginContext | undefined;
  let asked = 0;
  const upstream: Upstream = {
    name: "short",
    async send() {
      if (asked % 50 === 0) throw new AgproxyError("rate_limit_exceeded", "Too fast.");
      return streamOf([answer]);
    },
  };
  const driver = definePlugin({
    name: "driver",
    apply(given) {
      context = given;
      given.accounts([{ id: "a", label: "account@example.com", upstream }]);
    },
  });
  await using _gateway = await startGateway({ logLevel: "silent", plugins: [driver, plugin] });
  if (context === undefined) throw new Error("the driver was not applied");
  const { runChat, server } = context;
  const protocol = await chatProtocol();
  for (; asked < count; asked += 1) {
    const body = { model: `model-${asked % 10}`, messages: [{ role: "user", content: "Go on." }] };
    const name = `caller-${asked % 20}`;
    const from = { ...incoming(), id: `exchange-${asked}-`, receivedAt: Date.now() };
    await runChat(protocol, { incoming: from, caller: { id: name, name }, body }, reply);
    // The log writes between requests.
    if (asked % 100 === 0) await yieldToEventLoop();
  }
  return server;
}

/** The middle one of five; each must find what it is asked for. */
async function cpuOf(
  run: typeof runLogs,
  words: readonly string[],
  options: PluginCommandLine["options"],
  rows: number,
  server: ServerSettings,
): Promise<number> {
  const times: number[] = [];
  while (times.length < 5) {
    let lines = 0;
    const line: PluginCommandLine = {
      words,
      options,
      plugins: [plugin],
      server,
      json: true,
      exchangeLine: () => "",
      table: () => "",
      print(text) {
        lines += text.startsWith("[") ? (JSON.parse(text) as readonly unknown[]).length : 1;
        return 0;
      },
      warn: (text) => {
        throw new Error(text);
      },
    };
    const before = process.cpuUsage();
    await run(line);
    const { user, system } = process.cpuUsage(before);
    if (lines !== rows) throw new Error(`${lines} rows where ${rows} were expected`);
    times.push((user + system) / 1000);
  }
  return times.toSorted((a, b) => a - b)[2] ?? Number.NaN;
}

try {
  const server = await fill();
  const bytes = readdirSync(folder).map((name) => statSync(join(folder, name)).size);
  const cost = (run: typeof runLogs, words: readonly string[], options: object, rows: number) =>
    cpuOf(run, words, { ...options }, rows, server);
  process.send?.({
    latest: await cost(runLogs, [], {}, Math.min(50, count)),
    // Whoever asks for what is not there has every row looked at.
    rare: await cost(runLogs, [], { outcome: "aborted", caller: "nobody*" }, 0),
    one: await cost(runLogs, ["exchange-1-"], {}, 1),
    counted: await cost(runStats, [], { by: "caller" }, 20),
    megabytes: bytes.reduce((sum, size) => sum + size, 0) / 1_000_000,
  } satisfies LogWork);
} finally {
  rmSync(folder, { recursive: true });
}

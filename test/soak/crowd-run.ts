/**
 * The work of the soak test, in a process of its own: a gateway, its upstream and its clients. Prints what it measured
 * as JSON and ends by itself, which it can do only if nothing is left open.
 */
import { Agent, type IncomingMessage, request } from "node:http";
import { setImmediate as nextTurn } from "node:timers/promises";
import { gemini } from "@agproxy/plugin-gemini";
import { geminiNative } from "@agproxy/plugin-gemini-native";
import { anthropic } from "@agproxy/plugin-anthropic";
import { openai } from "@agproxy/plugin-openai";
import { responses } from "@agproxy/plugin-responses";
import { rotation } from "@agproxy/plugin-rotation";
import { startSandbox } from "@agproxy/plugin-sandbox";
import { definePlugin, type Log } from "agproxy";
import { createGateway } from "../../core/src/server/gateway.ts";
import { RunningGateway } from "../../core/src/server/running-gateway.ts";
import { defaults } from "../../core/src/hooks/server-settings.ts";
import { type ChatCase, chatCases, pathOf } from "../support/chat-routes.ts";

/** What the test reads. Sizes in MiB. */
export interface SoakReport {
  readonly requests: number;
  readonly streams: number;
  readonly failures: readonly string[];
  /** Streams that were open at the same moment. */
  readonly together: number;
  readonly heap: readonly number[];
  readonly rss: readonly number[];
  readonly openAfterwards: number;
  readonly resources: readonly string[];
  readonly seconds: number;
}

const [requests = 10_000, streams = 500] = process.argv.slice(2).map(Number);
const rounds = 2;
const atOnce = 50;
const started = performance.now();
const failures: string[] = [];
const counts = { requests: 0, streams: 0 };

/** Holds streams back until so many are open together. */
function crowd(): {
  readonly plugin: ReturnType<typeof definePlugin>;
  await(count: number): void;
  peak: number;
} {
  let gate = Promise.withResolvers<void>();
  let wanted = 0;
  let here = 0;
  const crowded = {
    peak: 0,
    await(count: number) {
      gate = Promise.withResolvers<void>();
      wanted = count;
      here = 0;
    },
    plugin: definePlugin({
      name: "crowd",
      apply: ({ hooks }) =>
        hooks.transformStream.tap("crowd", (events) => (wanted === 0 ? events : held(events))),
    }),
  };
  async function* held<T>(events: AsyncIterable<T>): AsyncGenerator<T> {
    here += 1;
    crowded.peak = Math.max(crowded.peak, here);
    if (here === wanted) {
      wanted = 0;
      gate.resolve();
    }
    await gate.promise;
    yield* events;
  }
  return crowded;
}

const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const sandbox = await startSandbox({ accounts: 3, paceMs: 0, record: 0 });
const together = crowd();
const applied = await createGateway(
  // All come from one caller.
  { ...defaults, port: 0, drain: 1000, limits: { ...defaults.limits, requests: streams } },
  [
    openai(),
    anthropic(),
    geminiNative(),
    responses(),
    rotation(),
    together.plugin,
    gemini({ accounts: sandbox.accounts, baseUrl: sandbox.url }),
  ],
  silent,
);
const gateway = new RunningGateway(applied, silent);
const url = await gateway.listen();
const agent = new Agent({ keepAlive: true });

const model = "gemini-2.5-flash";

async function ask({ route, stream }: ChatCase): Promise<void> {
  const body = JSON.stringify({ ...route.body("count to ten", stream), model });
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const call = request(url + pathOf({ route, stream }, model), {
      method: "POST",
      agent,
      headers: { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) },
    });
    call.once("response", resolve).once("error", reject).end(body);
  });
  let text = "";
  answer.setEncoding("utf8");
  for await (const piece of answer as AsyncIterable<string>) text += piece;
  const good = stream
    ? route.isComplete(text)
    : route.text(JSON.parse(text)).includes("count to ten");
  if (answer.statusCode !== 200 || !good)
    throw new Error(`${answer.statusCode} ${text.slice(-300)}`);
}

async function attempt(one: ChatCase): Promise<void> {
  try {
    await ask(one);
  } catch (thrown) {
    failures.push(`${one.title}: ${String(thrown)}`);
  }
}

async function manyRequests(count: number): Promise<void> {
  let left = count;
  const worker = async () => {
    while (left > 0) {
      const one = chatCases[left % chatCases.length];
      left -= 1;
      counts.requests += 1;
      if (one !== undefined) await attempt(one);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

async function streamsTogether(count: number): Promise<void> {
  const streamed = chatCases.filter(({ stream }) => stream);
  together.await(count);
  counts.streams += count;
  const [first] = streamed;
  if (first === undefined) return;
  await Promise.all(
    Array.from({ length: count }, (_, index) =>
      attempt(streamed[index % streamed.length] ?? first),
    ),
  );
}

const mebibyte = (bytes: number) => Math.round(bytes / 2 ** 20);
const heap: number[] = [];
const rss: number[] = [];

async function measure(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) {
    await nextTurn();
    globalThis.gc?.();
  }
  heap.push(mebibyte(process.memoryUsage().heapUsed));
  rss.push(mebibyte(process.memoryUsage().rss));
}

for (let round = 0; round < rounds; round += 1) {
  await manyRequests(requests / rounds);
  await streamsTogether(streams);
  await measure();
}

agent.destroy();
await gateway.close("the soak is over");
const openAfterwards = sandbox.open;
await sandbox.close();
await nextTurn();
const resources = process
  .getActiveResourcesInfo()
  .filter((name) => !/^(Pipe|TTY|Immediate)/.test(name));
const report: SoakReport = {
  ...counts,
  failures: failures.slice(0, 20),
  together: together.peak,
  heap,
  rss,
  openAfterwards,
  resources,
  seconds: Math.round((performance.now() - started) / 100) / 10,
};
process.stdout.write(`${JSON.stringify(report)}\n`);

/** The public test kit: a gateway on a free port, an upstream without a network, and a reader of streams. */
import { pino } from "pino";
import type { ChatEvent, ChatStream } from "./vocabulary/answer.ts";
import type { ChatRequest } from "./vocabulary/chat.ts";
import { splitSseFrames } from "./kit/sse.ts";
import { createGateway } from "./server/gateway.ts";
import { RunningGateway } from "./server/running-gateway.ts";
import { definePlugin, type Plugin } from "./hooks/plugin.ts";
import type { Upstream } from "./hooks/stages.ts";
import { defaults, type ServerSettings } from "./hooks/server-settings.ts";
import type { Account, Attempt } from "./hooks/stages.ts";

export { memoryStore } from "./store/memory-store.ts";

/** A gateway that listens. `await using` closes it. */
export interface TestGateway extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** The lines of the log so far, parsed. */
  readonly log: readonly LogLine[];
  close(): Promise<void>;
}

/** One line of the log. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly msg?: string };

/**
 * Starts a gateway on a free loopback port. Default of `logLevel`: `debug`; of `drain`: one second. What a plugin's `apply`
 * throws, it throws.
 *
 * @example
 * const upstream = scriptedUpstream(() => textAnswer("hello"));
 * await using gateway = await startGateway({ plugins: [shout, upstream.plugin] });
 * const answer = await fetch(`${gateway.url}/talk`, { method: "POST", body });
 */
export async function startGateway(
  options: Partial<ServerSettings> & { readonly plugins: readonly Plugin[] },
): Promise<TestGateway> {
  const { plugins, ...server } = options;
  const lines: LogLine[] = [];
  const log = pino(
    { level: server.logLevel ?? "debug", base: null, timestamp: false },
    { write: (line: string) => lines.push(JSON.parse(line) as LogLine) },
  );
  const settings = { ...defaults, port: 0, drain: 1000, ...server };
  const gateway = new RunningGateway(await createGateway(settings, plugins, log), log);
  const url = await gateway.listen();
  const close = () => gateway.close("test over");
  return { url, log: lines, close, [Symbol.asyncDispose]: close };
}

/** What a scripted account does with a request: answer with batches, or throw. */
export type Script = (
  request: ChatRequest,
  attempt: Attempt,
) => Iterable<readonly ChatEvent[]> | AsyncIterable<readonly ChatEvent[]>;

/** An upstream without a network, and what it was sent. */
export interface ScriptedUpstream {
  readonly plugin: Plugin;
  /** The requests so far, in order, each with its account and the model that it was asked for. */
  readonly sent: readonly {
    readonly request: ChatRequest;
    readonly account: Account;
    readonly model: string;
  }[];
}

/**
 * An upstream without a network, as a plugin. Each script is an account, labelled `account-1` and so on. A script that throws
 * before its first batch fails the attempt; later, the stream.
 *
 * @example
 * const upstream = scriptedUpstream(
 *   () => { throw new AgproxyError("upstream_failed"); },
 *   ({ messages }) => textAnswer(`${messages.length} messages`),
 * );
 * assert.equal(upstream.sent[0]?.model, "lower-case");
 */
export function scriptedUpstream(...scripts: readonly Script[]): ScriptedUpstream {
  const sent: ScriptedUpstream["sent"][number][] = [];
  const accounts = scripts.map((script, index): Account => {
    const upstream: Upstream = {
      name: "scripted",
      async send(request, attempt) {
        sent.push({ request, account: attempt.account, model: attempt.model });
        return play(script(request, attempt));
      },
    };
    const label = `account-${index + 1}`;
    return { id: label, label, upstream };
  });
  return {
    sent,
    plugin: definePlugin({ name: "scripted", apply: (agproxy) => void agproxy.accounts(accounts) }),
  };
}

async function* play(
  batches: ReturnType<Script>,
): ChatStream & AsyncGenerator<readonly ChatEvent[]> {
  yield* batches;
}

/**
 * The batches of a text answer, one per word, and then `finish` and `usage`.
 *
 * @example
 * const upstream = scriptedUpstream(() => textAnswer("hello world"));
 */
export function textAnswer(text: string): readonly (readonly ChatEvent[])[] {
  const words = text.split(/(?<= )/);
  const count = words.length;
  return [
    ...words.map((word): readonly ChatEvent[] => [{ type: "text", choice: 0, text: word }]),
    [
      { type: "finish", choice: 0, reason: "stop" },
      { type: "usage", usage: { inputTokens: 3, outputTokens: count, totalTokens: 3 + count } },
    ],
  ];
}

/** One event of a stream. */
export interface SseEvent {
  readonly event: string | undefined;
  readonly data: string;
}

/**
 * The events of a stream's text, without comments. Throws for anything that agproxy would not write.
 *
 * @example
 * const [first] = readSseText(await answer.text());
 * assert.deepEqual(JSON.parse(first?.data ?? ""), { text: "hello" });
 */
export function readSseText(text: string): readonly SseEvent[] {
  const frames = splitSseFrames(text);
  if (frames.join("") !== text) throw new Error("the stream ends inside an event");
  return frames.filter((frame) => !frame.startsWith(":")).map(readFrame);
}

function readFrame(frame: string): SseEvent {
  const match = /^(?:event: (?<event>\S+)\n)?data: (?<data>[^\n]*)\n\n$/.exec(frame);
  if (match?.groups === undefined) throw new Error(`not an event: ${JSON.stringify(frame)}`);
  return { event: match.groups["event"], data: match.groups["data"] ?? "" };
}

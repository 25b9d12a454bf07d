/** The public test kit: a gateway on a free port, a scripted upstream, readers for streams. */
import { pino } from "pino";
import type { ChatEvent, ChatStream } from "./vocabulary/answer.ts";
import type { ChatRequest } from "./vocabulary/chat.ts";
import { createGateway } from "./server/gateway.ts";
import { definePlugin, type Plugin } from "./hooks/plugin.ts";
import type { Upstream } from "./hooks/stages.ts";
import { defaults, type ServerSettings } from "./hooks/server-settings.ts";
import type { Account, Attempt } from "./hooks/stages.ts";

export { memoryStore } from "./store/memory-store.ts";

export interface TestGateway extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`, without `/v1`. */
  readonly url: string;
  /** The log so far, a parsed line each. */
  readonly log: readonly LogLine[];
  close(): Promise<void>;
}

export type LogLine = Readonly<Record<string, unknown>> & { readonly msg?: string };

/** Starts a gateway with these plugins on a free loopback port. Its log has everything unless `logLevel` says less. */
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
  const gateway = await createGateway(settings, plugins, log);
  const url = await gateway.listen();
  const close = () => gateway.close("test over");
  return { url, log: lines, close, [Symbol.asyncDispose]: close };
}

/** What a scripted account does with one request: answer these batches, or throw. */
export type Script = (
  request: ChatRequest,
  attempt: Attempt,
) => Iterable<readonly ChatEvent[]> | AsyncIterable<readonly ChatEvent[]>;

export interface ScriptedUpstream {
  readonly plugin: Plugin;
  /** What was sent, in order, with the account it was sent on. */
  readonly sent: readonly {
    readonly request: ChatRequest;
    readonly account: Account;
    readonly model: string;
  }[];
}

/**
 * An upstream without a network, as a plugin: one account per script, labelled `account-1` and so on.
 * A script that throws before its first batch fails the attempt; later, the stream.
 */
export function scriptedUpstream(...scripts: readonly Script[]): ScriptedUpstream {
  const sent: ScriptedUpstream["sent"][number][] = [];
  const accounts = scripts.map((script, index): Account => {
    const upstream: Upstream = {
      name: "scripted",
      async send(request, attempt) {
        sent.push({ request, account: attempt.account, model: attempt.exchange.model });
        return play(script(request, attempt));
      },
    };
    const label = `account-${index + 1}`;
    return { id: label, label, upstream };
  });
  return {
    sent,
    plugin: definePlugin({ name: "scripted", apply: (agproxy) => agproxy.accounts(accounts) }),
  };
}

async function* play(
  batches: ReturnType<Script>,
): ChatStream & AsyncGenerator<readonly ChatEvent[]> {
  yield* batches;
}

/** Events of a short text answer, word by word, one batch each. */
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

export interface SseEvent {
  readonly event: string | undefined;
  readonly data: string;
}

/** Splits the text of an event stream, strictly as agproxy writes it: anything else throws. */
export function readSseText(text: string): readonly SseEvent[] {
  if (text !== "" && !text.endsWith("\n\n")) throw new Error("the stream ends inside an event");
  const blocks = text.split("\n\n").slice(0, -1);
  return blocks.filter((block) => !block.startsWith(":")).map(readBlock);
}

function readBlock(block: string): SseEvent {
  const match = /^(?:event: (?<event>\S+)\n)?data: (?<data>[^\n]*)$/.exec(block);
  if (match?.groups === undefined) throw new Error(`not an event: ${JSON.stringify(block)}`);
  return { event: match.groups["event"], data: match.groups["data"] ?? "" };
}

/**
 * Every recorded answer, and our own in their forms, on every protocol: what a stream adds up to is what the whole answer says,
 * wherever the upstream's bytes are cut.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { AgproxyError, type ChatEvent, type HttpResponse } from "agproxy";
import {
  openGateway,
  type OpenGateway,
  randomPieces,
  readSseText,
  scriptedUpstream,
  singleBytes,
} from "agproxy/testing";
import { answerDecoder, answerStream, upstreamError } from "@agproxy/plugin-gemini";
import { anthropic } from "@agproxy/plugin-anthropic";
import { openai } from "@agproxy/plugin-openai";
import { responses } from "@agproxy/plugin-responses";
import { ownRecordings } from "../plugins/gemini/src/fixtures/recordings/own-recordings.ts";

const folder = join(import.meta.dirname, "../../shared/recordings");
const skip = existsSync(folder) ? false : "there are no recordings beside the repository";

interface Recording {
  readonly stem: string;
  readonly file: string;
  readonly status: number;
  readonly form: string;
}

type Json = Readonly<Record<string, unknown>>;

/** What is the same however an answer comes. */
interface Said {
  text: string;
  readonly calls: unknown[];
  finish: unknown;
  usage: unknown;
  error: unknown;
}

const good = (
  skip === false
    ? (JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as Recording[])
    : []
).filter(({ status }) => status === 200);

const answers = [
  ...good.map(({ stem, file, form }) => ({
    title: `recording ${stem}`,
    form,
    bytes: readFileSync(join(folder, file)),
  })),
  ...ownRecordings
    .filter(({ status }) => status === 200)
    .map(({ name, form, body }) => ({ title: `our own: ${name}`, form, bytes: Buffer.from(body) })),
];

/** What the upstream says next. */
let batches: readonly (readonly ChatEvent[])[] = [];
let gateway: OpenGateway;

before(async () => {
  const upstream = scriptedUpstream(() => batches);
  const plugins = [openai(), responses(), anthropic(), upstream.plugin];
  gateway = await openGateway({ plugins, logLevel: "silent" });
});
after(() => gateway.close());

for (const { title, form, bytes } of answers) {
  test(title, async () => {
    const cuts = await Promise.all(piecesOf(bytes).map((pieces) => readOf(pieces, form)));
    const [first] = cuts;
    let expected: readonly Said[] | undefined;
    for (const { events, isWhole } of cuts) {
      batches = events;
      // What is read together with a failure is lost with it, so that it can be tried again.
      if (!isWhole) expected = undefined;
      else assert.deepEqual(events.flat(), first?.events.flat());
      expected ??= await Promise.all(protocols.map((one) => ask(one, false).then(one.whole)));
      const got = await Promise.all(protocols.map((one) => ask(one, true).then(one.streamed)));
      assert.deepEqual(got, expected);
    }
  });
}

test("there are recordings", { skip }, () => assert.ok(good.length > 0));

/** A million reads take seconds. */
const maxSingleReads = 20_000;

/** As one read, as two, one byte a read where there are not too many, and in reads of many sizes. */
function piecesOf(bytes: Uint8Array): readonly (readonly Uint8Array[])[] {
  const middle = bytes.byteLength >> 1;
  return [
    [bytes],
    [bytes.subarray(0, middle), bytes.subarray(middle)],
    bytes.byteLength <= maxSingleReads ? singleBytes(bytes) : randomPieces(bytes, 2),
    randomPieces(bytes, 1),
  ];
}

interface Read {
  /** One batch for each read of the upstream. */
  readonly events: readonly (readonly ChatEvent[])[];
  readonly isWhole: boolean;
}

/** The events of a recording up to its end, or to where it breaks off: what remains is an answer cut short. */
async function readOf(pieces: readonly Uint8Array[], form: string): Promise<Read> {
  let calls = 0;
  const decoder = answerDecoder({
    newCallId: () => `call_${(calls += 1)}`,
    toolName: (name) => name,
    failure: (payload) => upstreamError({ body: payload, now: 0 }),
  });
  const body: HttpResponse = {
    status: 200,
    headers: {},
    body: (async function* () {
      yield* pieces;
    })(),
    text: async () => Buffer.concat(pieces).toString(),
  };
  const events: (readonly ChatEvent[])[] = [];
  try {
    for await (const batch of answerStream(body, form === "sse", decoder, unwrap)) {
      events.push(batch);
    }
  } catch (thrown) {
    if (!(thrown instanceof AgproxyError)) throw thrown;
    events.push([{ type: "finish", choice: 0, reason: "length" }]);
    return { events, isWhole: false };
  }
  return { events, isWhole: true };
}

function unwrap(payload: unknown): unknown {
  return (payload as Json | null)?.["response"] ?? payload;
}

interface Wire {
  readonly path: string;
  readonly body: Json;
  whole(text: string): Said;
  streamed(text: string): Said;
}

async function ask({ path, body }: Wire, stream: boolean): Promise<string> {
  const counts =
    stream && path.endsWith("completions") ? { stream_options: { include_usage: true } } : {};
  const answer = await gateway.inject({ path, body: { ...body, model: "m", stream, ...counts } });
  return answer.body;
}

const chat: Wire = {
  path: "/v1/chat/completions",
  body: { messages: [{ role: "user", content: "x" }] },
  whole(text) {
    const { choices, usage, error } = JSON.parse(text) as ChatBody;
    const [choice] = choices ?? [];
    const { content, refusal, tool_calls: calls = [] } = choice?.message ?? {};
    return {
      text: (content ?? "") + (refusal ?? ""),
      calls: calls.map(({ id, function: made }) => ({ id, ...made })),
      finish: choice?.finish_reason,
      usage,
      error: error?.code,
    };
  },
  streamed: (text) =>
    fold(text, (said, chunk) => {
      const { choices, usage } = chunk as ChatBody;
      const [choice] = choices ?? [];
      const { content, refusal, tool_calls: calls = [] } = choice?.delta ?? {};
      said.text += (content ?? "") + (refusal ?? "");
      said.calls.push(...calls.map(({ id, function: made }) => ({ id, ...made })));
      said.finish = choice?.finish_reason ?? said.finish;
      said.usage = usage ?? said.usage;
    }),
};

interface ChatMessage {
  readonly content?: string | null;
  readonly refusal?: string | null;
  readonly text?: string;
  readonly tool_calls?: readonly { readonly id: string; readonly function: object }[];
}

interface ChatBody {
  readonly choices?: readonly {
    readonly message?: ChatMessage;
    readonly delta?: ChatMessage;
    readonly text?: string;
    readonly finish_reason: string | null;
  }[];
  readonly usage?: unknown;
  readonly error?: { readonly code: string };
}

const completions: Wire = {
  path: "/v1/completions",
  body: { prompt: "x" },
  whole(text) {
    const { choices, usage, error } = JSON.parse(text) as ChatBody;
    const [choice] = choices ?? [];
    const finish = choice?.finish_reason;
    return { text: choice?.text ?? "", calls: [], finish, usage, error: error?.code };
  },
  streamed: (text) =>
    fold(text, (said, chunk) => {
      const { choices, usage } = chunk as ChatBody;
      said.text += choices?.[0]?.text ?? "";
      said.finish = choices?.[0]?.finish_reason ?? said.finish;
      said.usage = usage ?? said.usage;
    }),
};

const responding: Wire = {
  path: "/v1/responses",
  body: { input: "x", store: false },
  whole: (text) => responded(JSON.parse(text) as Json),
  streamed(text) {
    // A failure before the first event is an ordinary answer.
    if (text.startsWith("{")) return responding.whole(text);
    const events = readSseText(text).filter(({ data }) => data !== "[DONE]");
    const last = JSON.parse(events.at(-1)?.data ?? "{}") as { readonly response?: Json };
    return responded(last.response ?? {});
  },
};

interface MessageBody {
  readonly content?: readonly Json[];
  readonly stop_reason?: unknown;
  readonly usage?: unknown;
  readonly error?: { readonly code: string };
}

const messages: Wire = {
  path: "/v1/messages",
  body: {
    max_tokens: 1000,
    messages: [{ role: "user", content: "x" }],
    thinking: { type: "adaptive" },
  },
  whole: (text) => messageSaid(JSON.parse(text) as MessageBody),
  streamed(text) {
    if (text.startsWith("{")) return messages.whole(text);
    const blocks: StreamedBlock[] = [];
    let ended: MessageBody = {};
    for (const { data } of readSseText(text)) {
      const event = JSON.parse(data) as MessageEvent;
      if (event.type === "error") return messageSaid(event);
      if (event.content_block !== undefined) blocks.push(new StreamedBlock(event.content_block));
      if (event.type === "content_block_delta") blocks.at(-1)?.add(event.delta ?? {});
      if (event.type === "message_delta") ended = { ...event.delta, usage: event.usage };
    }
    return messageSaid({ ...ended, content: blocks.map((block) => block.whole()) });
  },
};

interface MessageEvent extends MessageBody {
  readonly type: string;
  readonly content_block?: Json;
  readonly delta?: Readonly<Record<string, unknown>>;
}

/** A block as a client puts it together from a stream. */
class StreamedBlock {
  readonly #start: Json;
  readonly #texts = new Map<string, string>();
  readonly #citations: unknown[] = [];

  constructor(start: Json) {
    this.#start = start;
  }

  add(delta: Json): void {
    for (const [key, value] of Object.entries(delta)) {
      if (key === "citation") this.#citations.push(value);
      else if (key !== "type" && typeof value === "string") {
        this.#texts.set(key, (this.#texts.get(key) ?? "") + value);
      }
    }
  }

  whole(): Json {
    const { partial_json: json, ...texts } = Object.fromEntries(this.#texts);
    return {
      ...this.#start,
      ...texts,
      ...(json === undefined ? {} : { input: JSON.parse(json) as unknown }),
      ...(this.#citations.length === 0 ? {} : { citations: this.#citations }),
    };
  }
}

const isSearch = ({ type, name }: Json) =>
  type === "web_search_tool_result" || name === "web_search";

/** Searches come first in a whole message, and last in a stream; ids and seals are made anew. */
function messageSaid({ content = [], stop_reason: finish, usage, error }: MessageBody): Said {
  if (error !== undefined) {
    return { text: "", calls: [], finish: undefined, usage: undefined, error: error.code };
  }
  const ordered = [...content.filter((block) => !isSearch(block)), ...content.filter(isSearch)];
  const text = JSON.stringify(ordered).replaceAll(/(?:srvtoolu_|ag3\.)[\w-]+/g, "ID");
  const calls = ordered.filter(({ type }) => type === "tool_use");
  return { text, calls, finish, usage, error: undefined };
}

/** The parts of a Response that do not depend on how it came; its error codes differ by transport. */
function responded({ output, status, incomplete_details: why, usage, error }: Json): Said {
  const items = (output ?? []) as readonly Json[];
  const failed = error !== null && error !== undefined;
  return {
    text: failed ? "" : JSON.stringify(items.map(({ content, summary }) => [content, summary])),
    calls: items.filter(({ type }) => type === "function_call").map((item) => item["arguments"]),
    finish: failed ? "failed" : [status, why],
    usage: failed ? undefined : usage,
    error: failed,
  };
}

function fold(text: string, add: (said: Said, chunk: unknown) => void): Said {
  if (text.startsWith("{")) return chat.whole(text);
  const said: Said = { text: "", calls: [], finish: undefined, usage: undefined, error: undefined };
  for (const { data } of readSseText(text)) {
    if (data === "[DONE]") continue;
    const chunk = JSON.parse(data) as ChatBody;
    if (chunk.error === undefined) add(said, chunk);
    else return { ...said, error: chunk.error.code };
  }
  return said;
}

const protocols = [chat, completions, responding, messages];

import {
  type AgproxyError,
  type Answer,
  type ChatEvent,
  type Encoder,
  errorBody,
  type Incoming,
  newStamp,
  type PluginContext,
  type Protocol,
  type Reply,
  type RouteRequest,
  type RouteResult,
  sumOfUsage,
  type Usage,
} from "@agproxy/core";
import type { StreamEncoder } from "./choice-stream.ts";
import { completionAnswer } from "./completion-answer.ts";
import type { DecodedCompletion } from "./completion-request.ts";
import { completionStream } from "./completion-stream.ts";
import { gatherFrames, type WriteFrames } from "./gathered-frames.ts";

/** How many prompts of one request are with upstreams at a time. */
const maxConcurrentPrompts = 8;

/** One request of several prompts, and what answers it. */
export interface PromptBatch extends Pick<RouteRequest, "incoming" | "caller"> {
  readonly runChat: PluginContext["runChat"];
  readonly decoded: DecodedCompletion;
}

/**
 * Answers a completion of several prompts: an exchange for each, with its own accounts and retries, and one answer for
 * all. The choices of a prompt come after those of the prompts before it. Where one prompt fails, the whole request
 * does, and the other exchanges are aborted.
 * Source: https://platform.openai.com/docs/api-reference/completions/create#completions_create-prompt
 */
export async function answerPrompts(batch: PromptBatch): Promise<RouteResult> {
  const { request, ignored = [], wish } = batch.decoded;
  const { id, created } = newStamp();
  const head = { id: `cmpl-${id}`, created, model: request.model };
  for (const field of ignored) batch.incoming.noteIgnored(field);
  if (!request.stream) return { body: completionAnswer(await wholeAnswer(batch), head, wish) };
  const stream = completionStream(head, wish);
  return { stream: gatherFrames((write) => writeStream(batch, stream, write), stream.fail) };
}

const nowhere: WriteFrames = () => Promise.resolve();

async function wholeAnswer(batch: PromptBatch): Promise<Answer> {
  const answers: Answer[] = [];
  await runAll(batch, nowhere, (index) => ({
    batch: () => "",
    end: () => "",
    fail: () => "",
    whole: (answer) => (answers[index] = answer),
  }));
  const choices = answers.flatMap((answer) => answer.choices);
  const usage = sumOfUsage(answers.flatMap((answer) => answer.usage ?? []));
  return usage === undefined ? { choices } : { choices, usage };
}

/** Writes all answers into one stream, each event with the number of its choice among all. */
async function writeStream(
  batch: PromptBatch,
  stream: StreamEncoder,
  write: WriteFrames,
): Promise<void> {
  const usages: Usage[] = [];
  const numbered = (event: ChatEvent, first: number): readonly ChatEvent[] => {
    if (event.type !== "usage") return [{ ...event, choice: first + event.choice }];
    usages.push(event.usage);
    return [];
  };
  await runAll(batch, write, (index) => ({
    batch: (events) => {
      const first = index * batch.decoded.wish.choices;
      return stream.batch(events.flatMap((event) => numbered(event, first)));
    },
    end: () => "",
    fail: () => "",
    whole: () => undefined,
  }));
  const usage = sumOfUsage(usages);
  if (usage !== undefined) stream.batch([{ type: "usage", usage }]);
  await write(stream.end());
}

/** Runs an exchange for each prompt. `encoderOf` says what becomes of its answer. Throws the first failure. */
async function runAll(
  { runChat, incoming, caller, decoded }: PromptBatch,
  write: WriteFrames,
  encoderOf: (index: number) => Encoder,
): Promise<void> {
  const abort = new AbortController();
  const own = withSignal(incoming, AbortSignal.any([incoming.signal, abort.signal]));
  const rest = decoded.requests.entries();
  async function work(): Promise<void> {
    for (const [index, request] of rest) {
      const protocol: Protocol = {
        name: "openai-completions",
        decode: () => ({ request }),
        encoder: () => encoderOf(index),
        error: errorBody,
      };
      const reply = new PartReply(own.signal, write);
      await runChat(protocol, { incoming: own, caller, body: undefined }, reply);
      if (reply.failure !== undefined) throw reply.failure;
    }
  }
  const workers = Math.min(maxConcurrentPrompts, decoded.requests.length);
  try {
    await Promise.all(Array.from({ length: workers }, work));
  } finally {
    abort.abort();
  }
}

/** The reply to one of the prompts. Its error is that of the whole request, so it is kept, not written. */
class PartReply implements Reply {
  readonly started = false;
  failure: AgproxyError | undefined;
  readonly #signal: AbortSignal;
  readonly #write: WriteFrames;

  constructor(signal: AbortSignal, write: WriteFrames) {
    this.#signal = signal;
    this.#write = write;
  }

  get gone(): boolean {
    return this.#signal.aborted;
  }

  whole(): void {}

  error(error: AgproxyError): void {
    this.failure = error;
  }

  write(frames: string): Promise<void> {
    return this.#write(frames);
  }

  end(): void {}
}

/** The same request with another signal. */
function withSignal(incoming: Incoming, signal: AbortSignal): Incoming {
  const { id, method, path, query, headers, remoteAddress, receivedAt } = incoming;
  return {
    id,
    method,
    path,
    query,
    headers,
    remoteAddress,
    receivedAt,
    signal,
    setHeader: (name, value) => incoming.setHeader(name, value),
    noteIgnored: (field) => incoming.noteIgnored(field),
  };
}

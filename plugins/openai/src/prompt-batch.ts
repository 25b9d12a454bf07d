import {
  type AgproxyError,
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
  ssePing,
  sumOfUsage,
  type Usage,
} from "@agproxy/core";
import type { StreamEncoder } from "./choice-stream.ts";
import type { AnswerHead } from "./chat-answer.ts";
import { completionBody, completionChoices } from "./completion-answer.ts";
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
  if (!request.stream) return { body: await wholeAnswer(batch, head) };
  // An upstream may give fewer choices than asked for, and those of the next prompt keep their numbers.
  const stream = completionStream(head, wish, true);
  return { stream: gatherFrames((write) => writeStream(batch, stream, write), stream.fail) };
}

const nowhere: WriteFrames = () => Promise.resolve();

/** The stream that the exchanges of a batch write together. */
class SharedOutput {
  readonly #write: WriteFrames;
  #started = false;

  constructor(write: WriteFrames) {
    this.#write = write;
  }

  get started(): boolean {
    return this.#started;
  }

  write(frames: string): Promise<void> {
    this.#started ||= frames !== "";
    return this.#write(frames);
  }
}

/** What becomes of the answer to one prompt. */
type PartEncoder = Omit<Encoder, "idle" | "fail">;

async function wholeAnswer(batch: PromptBatch, head: AnswerHead) {
  const { wish } = batch.decoded;
  const choices: ReturnType<typeof completionChoices>[] = [];
  const usages: Usage[] = [];
  await runAll(batch, nowhere, (index) => ({
    batch: () => "",
    end: () => "",
    whole(answer) {
      // What it throws is a failed attempt of this prompt's exchange.
      const asked = { ...answer, choices: answer.choices.slice(0, wish.choices) };
      choices[index] = completionChoices(asked, wish, index * wish.choices);
      if (answer.usage !== undefined) usages.push(answer.usage);
    },
  }));
  return completionBody(choices.flat(), sumOfUsage(usages), head);
}

/** Writes all answers into one stream, each event with the number of its choice among all. */
async function writeStream(
  batch: PromptBatch,
  stream: StreamEncoder,
  write: WriteFrames,
): Promise<void> {
  const usages: Usage[] = [];
  const numbered = (event: ChatEvent, first: number): readonly ChatEvent[] => {
    if (event.type === "usage") usages.push(event.usage);
    else if (event.choice < batch.decoded.wish.choices) {
      return [{ ...event, choice: first + event.choice }];
    }
    return [];
  };
  await runAll(batch, write, (index) => ({
    batch: (events) => {
      const first = index * batch.decoded.wish.choices;
      return stream.batch(events.flatMap((event) => numbered(event, first)));
    },
    end: () => "",
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
  encoderOf: (index: number) => PartEncoder,
): Promise<void> {
  const abort = new AbortController();
  const own = withSignal(incoming, AbortSignal.any([incoming.signal, abort.signal]));
  const rest = decoded.requests.entries();
  const output = new SharedOutput(write);
  async function work(): Promise<void> {
    for (const [index, request] of rest) {
      const reply = new PartReply(own.signal, output);
      const protocol: Protocol = {
        name: "openai-completions",
        decode: () => ({ request }),
        encoder: () => ({
          ...encoderOf(index),
          // Each silent prompt sends one: a few comments more do no harm.
          idle: () => ssePing,
          fail: (error) => reply.fail(error),
        }),
        error: errorBody,
      };
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
  failure: AgproxyError | undefined;
  readonly #signal: AbortSignal;
  readonly #output: SharedOutput;

  constructor(signal: AbortSignal, output: SharedOutput) {
    this.#signal = signal;
    this.#output = output;
  }

  get started(): boolean {
    return this.#output.started;
  }

  get gone(): boolean {
    return this.#signal.aborted;
  }

  whole(): void {}

  error(error: AgproxyError): void {
    this.failure = error;
  }

  /** The error of an exchange whose batch has begun to stream. */
  fail(error: AgproxyError): string {
    this.failure = error;
    return "";
  }

  write(frames: string): Promise<void> {
    return this.#output.write(frames);
  }

  end(): void {}
}

/** The same request with another signal. */
function withSignal(incoming: Incoming, signal: AbortSignal): Incoming {
  const { id, method, path, query, headers, remoteAddress, protocol, receivedAt } = incoming;
  return {
    id,
    method,
    path,
    query,
    headers,
    remoteAddress,
    protocol,
    receivedAt,
    signal,
    setHeader: (name, value) => incoming.setHeader(name, value),
    noteIgnored: (field) => incoming.noteIgnored(field),
  };
}

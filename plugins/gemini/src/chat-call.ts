import {
  AgproxyError,
  answerStream as payloads,
  type Attempt,
  type Caller,
  type ChatRequest,
  type ChatStream,
  type HttpResponse,
  nativeRequests,
  randomId,
  yieldToEventLoop,
} from "@agproxy/core";
import { answerDecoder, type AnswerDecoder, type DecoderOptions } from "./answer/answer-decoder.ts";
import { nativeReader } from "./answer/native-answer.ts";
import { nativeRequest } from "./native/native-request.ts";
import { wire } from "./native/wire.ts";
import type { ToolNames } from "./request/tool-names.ts";
import { fields } from "./shape.ts";
import { knownModel, answeringModel } from "./models/known-model.ts";
import { answerStream, type Unwrap } from "./answer/answer-stream.ts";
import { generateContentRequest, type SentRequest } from "./request/generate-content-request.ts";
import { mayMixTools, type Dialect } from "./request/tool-plan.ts";
import type { SignatureMemory } from "./signatures/signature-memory.ts";
import { signatureMarks } from "./signatures/signature-marks.ts";
import { withToolHistoryAsText } from "./request/tool-history-text.ts";
import { severalAnswers } from "./answer/several-answers.ts";
import { upstreamError } from "./errors/upstream-error.ts";

/** One way to Gemini's models: what differs between the upstreams that speak its wire. */
export interface ChatTransport {
  /** A word for all upstreams that accept each other's signatures. */
  upstreamClass(): string;
  readonly dialect: Dialect;
  readonly memory: SignatureMemory;
  /** Takes a payload out of what the vendor wraps it in. */
  readonly unwrap?: Unwrap;
  /** Words that must not be shown. */
  secrets(): readonly string[];
  /** Sends a body; throws the upstream's error where the answer is one. A request may take several calls at once. */
  post(request: SentRequest, signal: AbortSignal): Promise<HttpResponse>;
}

/** Sends a conversation and reads the answer: everything about it that is the same on every way. */
export async function callChat(
  request: ChatRequest,
  { exchange, model }: Attempt,
  way: ChatTransport,
): Promise<ChatStream> {
  const { incoming, caller } = exchange;
  const { dialect } = way;
  const rerouting = dialect.reroutes === true ? { now: Date.now() } : {};
  const answering =
    rerouting.now === undefined
      ? model
      : answeringModel(knownModel(model).named.model, rerouting.now);
  const { mark, unmark } = signatureMarks(way.upstreamClass, answering);
  const native = nativeRequests.of(incoming, wire);
  // What was kept belongs to earlier answers. Clients that speak this wire keep it themselves.
  const recalls = native === undefined && request.messages.some(({ role }) => role === "assistant");
  const everyCall = recalls && dialect.mixedTools && mayMixTools(request, model, rerouting.now);
  const recalling = recalls && way.memory.recall(request, caller.id, everyCall);
  const recalled = recalling instanceof Promise ? await recalling : recalling;
  if (request.messages.length > yieldAboveMessages) await yieldToEventLoop();
  const context = { ...rerouting, dialect, unmark };
  const sent =
    native === undefined
      ? generateContentRequest(request, model, { ...recalled, ...context })
      : nativeRequest(request, model, native, context);
  if (request.messages.length > yieldAboveMessages) await yieldToEventLoop();
  const callIds = new Set<string>();

  /** Sends one call; once more, without any signature, where the upstream refuses those it was sent. */
  async function ask(index: number, signal: AbortSignal): Promise<ChatStream> {
    let response: HttpResponse;
    try {
      response = await way.post(nthRequest(sent, index), signal);
    } catch (error) {
      const plain = namesSignatures(error) ? withToolHistoryAsText(request) : undefined;
      if (plain === undefined) throw error;
      const unsigned = { ...rerouting, dialect, unmark: () => undefined, isSigned: false };
      const rewritten =
        native === undefined
          ? generateContentRequest(plain, model, unsigned)
          : nativeRequest(plain, model, native, unsigned);
      response = await way.post(nthRequest(rewritten, index), signal);
    }
    const { names } = sent;
    if (native !== undefined) {
      return nativeAnswerStream(response, request.stream, way, names);
    }
    const decoder = decoderOf(way, caller, { toolName: names.original, callIds, mark });
    return answerStream(response, request.stream, decoder, way.unwrap);
  }

  const answer =
    sent.calls === 1
      ? await ask(0, incoming.signal)
      : await severalAnswers(sent.calls, incoming.signal, ask);
  for (const field of sent.ignored) incoming.noteIgnored(field);
  return answer;
}

/**
 * Makes the decoder of one answer. It is a function of its own because a closure inside `callChat` would keep the request,
 * which may be megabytes, in memory until the answer ends.
 */
function decoderOf(
  way: ChatTransport,
  caller: Caller,
  options: Pick<DecoderOptions, "toolName" | "callIds" | "mark">,
): AnswerDecoder {
  return answerDecoder({
    ...options,
    newCallId,
    keep: (call, invocations) => way.memory.keep(call, caller.id, invocations),
    keepPicture: (picture) => way.memory.keepPicture(picture, caller.id),
    failure: (payload) => upstreamError({ body: payload, now: Date.now(), secrets: way.secrets() }),
  });
}

/** The answer for a client that speaks this wire itself. A function of its own for the same reason. */
function nativeAnswerStream(
  response: HttpResponse,
  streamed: boolean,
  { unwrap, secrets }: ChatTransport,
  names: ToolNames,
): ChatStream {
  const decoder = answerDecoder({
    newCallId,
    toolName: names.original,
    sourcesAtOnce: true,
    failure: (payload) => upstreamError({ body: payload, now: Date.now(), secrets: secrets() }),
  });
  return payloads(response, streamed, nativeReader(decoder, names, unwrap));
}

/** To translate so many takes so long that others get their turn before and after. */
const yieldAboveMessages = 256;

/** One of several requests for the same. With one seed for all of them, the answers would be one. */
function nthRequest(request: SentRequest, index: number): SentRequest {
  const config = fields(request.body["generationConfig"]);
  if (index === 0 || typeof config?.seed !== "number") return request;
  const generationConfig = { ...config, seed: (config.seed + index) | 0 };
  return { ...request, body: { ...request.body, generationConfig } };
}

/**
 * Whether a request was refused for its signatures: another account would refuse them too. Gemini says "thought
 * signature" in several spellings, Claude "Invalid `signature` in `thinking` block".
 */
function namesSignatures(error: unknown): boolean {
  return (
    error instanceof AgproxyError &&
    error.code === "upstream_rejected" &&
    /signature/i.test(error.message)
  );
}

/** An id that no other call has, in the form every client takes. */
function newCallId(): string {
  return `call_${randomId()}`;
}

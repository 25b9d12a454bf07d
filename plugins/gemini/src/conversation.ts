import { randomUUID } from "node:crypto";
import {
  AgproxyError,
  type Attempt,
  type ChatRequest,
  type ChatStream,
  type HttpResponse,
} from "agproxy";
import { answerDecoder } from "./answer-decoder.ts";
import { answerStream, type Unwrap } from "./answer-stream.ts";
import { generateContentRequest, type GeminiRequest } from "./generate-content-request.ts";
import type { SignatureMemory } from "./signature-memory.ts";
import { signatureMarks } from "./signature-marks.ts";
import { withToolHistoryAsText } from "./tool-history-text.ts";
import type { Dialect } from "./tool-plan.ts";
import { upstreamError } from "./upstream-error.ts";

/** One way to Gemini's models: what differs between the upstreams that speak its wire. */
export interface Way {
  /** A word for all upstreams that accept each other's signatures. */
  readonly upstreamClass: string;
  readonly dialect: Dialect;
  readonly memory: SignatureMemory;
  /** Takes a payload out of what the vendor wraps it in. */
  readonly unwrap?: Unwrap;
  /** Words that must not be shown. */
  secrets(): readonly string[];
  /** Sends a body; throws the upstream's error where the answer is one. */
  post(request: GeminiRequest): Promise<HttpResponse>;
}

/** Sends a conversation and reads the answer: everything about it that is the same on every way. */
export async function converse(
  request: ChatRequest,
  { exchange }: Attempt,
  way: Way,
): Promise<ChatStream> {
  const callerId = exchange.caller.id;
  const { mark, unmark } = signatureMarks(way.upstreamClass, exchange.model);
  const recalled = way.memory.recall(request, callerId);
  const signatures = recalled instanceof Promise ? await recalled : recalled;
  const { dialect } = way;
  const sent = generateContentRequest(request, exchange.model, { signatures, dialect, unmark });
  const response = await way.post(sent).catch((error: unknown) => {
    const plain = namesSignatures(error) ? withToolHistoryAsText(request) : undefined;
    if (plain === undefined) throw error;
    return way.post(
      generateContentRequest(plain, exchange.model, { dialect, unmark: () => undefined }),
    );
  });
  for (const field of sent.ignored) exchange.incoming.noteIgnored(field);
  const decoder = answerDecoder({
    newCallId,
    toolName: sent.names.original,
    mark,
    keep: (call) => way.memory.keep(call, callerId),
    failure: (payload) => upstreamError({ body: payload, now: Date.now(), secrets: way.secrets() }),
  });
  return answerStream(response, request.stream, decoder, way.unwrap);
}

/** Whether a request was refused for its signatures: another account would refuse them too. */
function namesSignatures(error: unknown): boolean {
  return (
    error instanceof AgproxyError &&
    error.code === "upstream_rejected" &&
    /thought[\s_-]?signature/i.test(error.message)
  );
}

/** An id that no other call has, in the form every client takes. */
function newCallId(): string {
  return `call_${randomUUID().replaceAll("-", "")}`;
}

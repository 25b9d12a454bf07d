import {
  type Account,
  type Attempt,
  type ChatRequest,
  type ChatStream,
  answerStream,
  type HttpResponse,
  KnownQuotas,
  type PluginContext,
  randomId,
  signatureMark,
  type SignatureMark,
  streamOf,
  type Upstream,
  yieldToEventLoop,
} from "@agproxy/core";
import { AnswerDecoder } from "./answer/answer-decoder.ts";
import { embeddingEvents } from "./embeddings.ts";
import { upstreamError } from "./errors/upstream-error.ts";
import { rateQuotas } from "./rate-quotas.ts";
import { RefusedFields } from "./refused-fields.ts";
import { chatBody } from "./request/chat-body.ts";
import { soundType } from "./request/settings.ts";
import type { ServerAccount } from "./server-account.ts";
import { errorContext, get, post, postChat } from "./server-call.ts";

/** To translate so many messages takes so long that others get their turn before and after. */
const yieldAboveMessages = 256;

/** Any server that speaks the chat completions API. */
export function compatibleUpstream(
  { http }: Pick<PluginContext, "http">,
  name: string,
  serverOf: (account: Account) => ServerAccount,
): Upstream {
  const refused = new RefusedFields();
  const known = new KnownQuotas();

  async function chat(request: ChatRequest, attempt: Attempt): Promise<ChatStream> {
    const { account, exchange, model } = attempt;
    const { incoming } = exchange;
    const server = serverOf(account);
    const mark = markOf(server, model);
    const isLong = request.messages.length > yieldAboveMessages;
    if (isLong) await yieldToEventLoop();
    const { body, ignored } = chatBody(request, model, server.kind, unmarkOf(server, mark));
    if (isLong) await yieldToEventLoop();
    for (const field of ignored) incoming.noteIgnored(field);
    const response = await postChat(http, {
      target: { account, server, signal: incoming.signal },
      body,
      refused,
      refusedKey: `${account.id}\n${model}`,
      noteIgnored: (field) => incoming.noteIgnored(field),
      noteHeaders: noting(known, account, model),
    });
    return answer(response, request, server, mark);
  }

  return {
    name,
    send(request, attempt) {
      if (request.embedding === undefined) return chat(request, attempt);
      const { account, exchange, model } = attempt;
      const { signal } = exchange.incoming;
      const target = { account, server: serverOf(account), signal };
      const embed = (body: object) => post(http, "/embeddings", { ...body }, target);
      return embeddingEvents(request, model, embed).then(streamOf);
    },
    async probe(account, signal) {
      const server = serverOf(account);
      await get(http, server.kind.probePath, { account, server, signal });
    },
    quotas: (account) => known.of(account),
  };
}

/** A function of its own, like `decoderOf`: it must not hold the request. */
function noting(known: KnownQuotas, account: Account, model: string) {
  return (headers: HttpResponse["headers"]): void => {
    for (const quota of rateQuotas(headers, model, Date.now())) known.note(account, quota);
  };
}

function answer(
  response: HttpResponse,
  request: ChatRequest,
  server: ServerAccount,
  { mark }: SignatureMark,
): ChatStream {
  // Some servers stream unasked, and some answer whole when asked for a stream.
  const type = response.headers["content-type"] ?? "";
  const streamed = request.stream || type.startsWith("text/event-stream");
  return answerStream(response, streamed, decoderOf(server, mark));
}

/** A function of its own: a closure beside the request would keep that in memory until the answer ends. */
function decoderOf(server: ServerAccount, mark: SignatureMark["mark"]): AnswerDecoder {
  const context = errorContext(server);
  return new AnswerDecoder({
    newCallId: () => `call_${randomId()}`,
    mark,
    soundType,
    failure: (body) => upstreamError({ body, now: Date.now(), ...context }),
  });
}

/** A gateway marks signatures by model itself; others' are of the model that made them. */
function markOf({ host, kind }: ServerAccount, model: string): SignatureMark {
  return signatureMark(() => (kind.isGateway ? host : `${host}\n${model}`));
}

/** Signatures begin with a letter for their form; a gateway also takes those that came to it by other ways. */
function unmarkOf({ kind }: ServerAccount, { unmark }: SignatureMark) {
  return (signature: string): string | undefined =>
    unmark(signature) ?? (kind.isGateway ? `s${signature}` : undefined);
}

import { attemptUntil, type Proof, untilComplete, untilFirstEvent } from "./attempt.ts";
import type { Core } from "../hooks/plugin.ts";
import { type Delivered, deliver, encodeWhole, stream } from "./delivery.ts";
import { abortError, AgproxyError } from "../errors/agproxy-error.ts";
import type { ChatRun, Protocol, Reply } from "../hooks/protocol.ts";
import type { Exchange, Incoming } from "../hooks/stages.ts";
import { newStamp } from "../kit/stamp.ts";
import type { GivenAnswer, OpenExchange } from "../hooks/exchange-change.ts";
import { proveGiven } from "./given-answer.ts";
import { type Ending, finish } from "./summary.ts";

/** The life of one chat, from its body to the summary. What `decode` and `resolveModel` throw, it throws to the gate. */
export async function runExchange(
  core: Core,
  protocol: Protocol,
  { incoming, caller, body }: ChatRun,
  reply: Reply,
): Promise<void> {
  const decoded = await protocol.decode(body, incoming, caller);
  const { request, ignored = [] } = decoded;
  for (const field of ignored) incoming.noteIgnored(field);
  const model = await mappedModel(core, request.model, incoming);
  incoming.setHeader("X-Mapped-Model", model);
  const exchange: OpenExchange = { incoming, caller, protocol: protocol.name, request, model };
  const { signal } = incoming;
  let ending: Ending;
  try {
    const given = await core.hooks.exchange.promise(exchange);
    exchange.model = core.pool.renamed(model, exchange.model);
    if (exchange.model !== model) incoming.setHeader("X-Mapped-Model", exchange.model);
    const encoder = protocol.encoder(exchange, newStamp(), decoded);
    ending = request.stream
      ? await answer(core, exchange, given, untilFirstEvent, (events) =>
          stream(events, encoder, reply, signal),
        )
      : await answer(
          core,
          exchange,
          given,
          async (batches) => encodeWhole(await untilComplete(batches), encoder),
          (encoded) => deliver(encoded, reply),
        );
  } catch (thrown) {
    const error = signal.aborted ? abortError(signal, thrown) : AgproxyError.from(thrown);
    ending = { attempts: [], waitMs: 0, error, isTold: false };
  }
  const { error, isTold } = ending;
  try {
    if (error !== undefined && !isTold) {
      reply.error(error, protocol.error(error, incoming), protocol.status?.(error));
    }
  } finally {
    finish(core, exchange, protocol, ending);
  }
}

/** Takes the answer that a plugin gave, or attempts until an account answers; then delivers it. */
async function answer<Answer>(
  core: Core,
  exchange: Exchange,
  given: GivenAnswer | undefined,
  proof: Proof<Answer>,
  deliverAnswer: (answer: Answer) => Delivered | Promise<Delivered>,
): Promise<Ending> {
  const tried =
    given === undefined
      ? await attemptUntil(core, exchange, proof)
      : await proveGiven(core, exchange, given, proof);
  const { attempts, waitMs } = tried;
  const by = { attempts, waitMs, answeredBy: given?.plugin };
  if (tried.error !== undefined) return { ...by, error: tried.error, isTold: false };
  try {
    return { ...by, ...(await deliverAnswer(tried.answer)) };
  } catch (thrown) {
    return { ...by, error: AgproxyError.from(thrown), isTold: false };
  }
}

/** Far longer than any. A name goes into URLs and headers, and what is known of models is kept by their names. */
const maxModelCharacters = 1024;

/**
 * The model that a name means: the first plugin's answer, or the name as it is. An account's prefix stays before it. Throws
 * `invalid_request` for a name that can be none.
 */
export async function mappedModel(
  { hooks, pool }: Pick<Core, "hooks" | "pool">,
  asked: string,
  incoming: Incoming,
): Promise<string> {
  if (asked.length > maxModelCharacters) {
    const message = `\`model\` has ${asked.length} characters; the maximum is ${maxModelCharacters}.`;
    throw new AgproxyError("invalid_request", message, { param: "model" });
  }
  const { model } = pool.target(asked);
  return pool.renamed(asked, (await hooks.resolveModel.promise(model, incoming)) ?? model);
}

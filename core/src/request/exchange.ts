import { attemptUntil, type Proof, untilComplete, untilFirstEvent } from "./attempt.ts";
import type { Core } from "../hooks/plugin.ts";
import { type Delivered, deliver, encodeWhole, stream } from "./delivery.ts";
import { AgproxyError } from "../errors/agproxy-error.ts";
import type { ChatRun, Protocol, Reply } from "../hooks/protocol.ts";
import type { Exchange, Incoming } from "../hooks/stages.ts";
import { newStamp } from "../kit/stamp.ts";
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
  const exchange: Exchange = { incoming, caller, protocol: protocol.name, request, model };
  const { signal } = incoming;
  let ending: Ending;
  try {
    const encoder = protocol.encoder(exchange, newStamp(), decoded);
    ending = request.stream
      ? await answer(core, exchange, untilFirstEvent, (events) =>
          stream(events, encoder, reply, signal),
        )
      : await answer(
          core,
          exchange,
          async (batches) => encodeWhole(await untilComplete(batches), encoder),
          (encoded) => deliver(encoded, reply),
        );
  } catch (thrown) {
    ending = { attempts: [], error: AgproxyError.from(thrown), isTold: false };
  }
  const { error, isTold } = ending;
  try {
    if (error !== undefined && !isTold) reply.error(error, protocol.error(error));
  } finally {
    finish(core, exchange, ending);
  }
}

/** Attempts until an account answers, then delivers the answer. */
async function answer<Answer>(
  core: Core,
  exchange: Exchange,
  proof: Proof<Answer>,
  deliverAnswer: (answer: Answer) => Delivered | Promise<Delivered>,
): Promise<Ending> {
  const tried = await attemptUntil(core, exchange, proof);
  const { attempts } = tried;
  if (tried.error !== undefined) return { attempts, error: tried.error, isTold: false };
  try {
    return { attempts, ...(await deliverAnswer(tried.answer)) };
  } catch (thrown) {
    return { attempts, error: AgproxyError.from(thrown), isTold: false };
  }
}

/** The model that a name means: the first plugin's answer, or the name as it is. */
export async function mappedModel(
  { hooks }: Pick<Core, "hooks">,
  asked: string,
  incoming: Incoming,
): Promise<string> {
  const model = await hooks.resolveModel.promise(asked, incoming);
  return model ?? asked;
}

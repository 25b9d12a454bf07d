import { abortError, AgproxyError } from "../errors/agproxy-error.ts";
import { type GivenAnswer, isStream } from "../hooks/exchange-change.ts";
import type { Core } from "../hooks/plugin.ts";
import type { Exchange } from "../hooks/stages.ts";
import { blame } from "../hooks/tap-guard.ts";
import type { ChatEvent, ChatStream } from "../vocabulary/answer.ts";
import { letGo, type Proof, type Tried } from "./attempt.ts";
import { failWhereSilent } from "./time-limits.ts";

/** Reads as much of a plugin's own answer as `proof` asks for. Never throws; there is no attempt, so nothing is tried again. */
export async function proveGiven<Answer>(
  core: Core,
  { request, incoming: { signal } }: Exchange,
  given: GivenAnswer,
  proof: Proof<Answer>,
): Promise<Tried<Answer>> {
  const told = blaming(given);
  const stream = request.stream ? failWhereSilent(told, core.server.timeouts.idle) : told;
  const batches = stream[Symbol.asyncIterator]();
  try {
    return { attempts: [], waitMs: 0, answer: await proof(batches) };
  } catch (thrown) {
    await letGo(batches);
    const error = signal.aborted ? abortError(signal, thrown) : AgproxyError.from(thrown);
    return { attempts: [], waitMs: 0, error };
  }
}

/** The answer as batches. What is wrong with it names the plugin that gave it. */
async function* blaming({
  plugin,
  events,
}: GivenAnswer): ChatStream & AsyncGenerator<readonly ChatEvent[]> {
  const open = new Set<number>();
  let hasFinished = false;
  try {
    for await (const batch of isStream(events) ? events : [events]) {
      for (const event of batch) {
        if (event.type === "usage") continue;
        hasFinished ||= event.type === "finish";
        if (event.type === "finish") open.delete(event.choice);
        else open.add(event.choice);
      }
      yield batch;
    }
    if (!hasFinished || open.size > 0) throw new TypeError("its answer has no `finish`");
  } catch (thrown) {
    throw blame(thrown, "exchange", plugin);
  }
}

import { setTimeout as sleep } from "node:timers/promises";
import type { ChatEvent, ChatStream } from "../vocabulary/answer.ts";
import type { Core } from "../hooks/plugin.ts";
import { AgproxyError, abortError } from "../errors/agproxy-error.ts";
import { isStaleConnection } from "../http/http-error.ts";
import { blame, returned } from "../hooks/tap-guard.ts";
import type { ChatRequest } from "../vocabulary/chat.ts";
import { Search, select, shortage } from "./selection.ts";
import { failWhereSilent } from "./time-limits.ts";
import { Waits } from "./waits.ts";
import type { Attempt, Exchange, FinishedAttempt, Summary } from "../hooks/stages.ts";

/** The attempts of an exchange, and the answer or the error that they led to. */
export type Tried<Answer> =
  | {
      readonly attempts: Summary["attempts"];
      readonly waitMs: number;
      readonly answer: Answer;
      readonly error?: undefined;
    }
  | {
      readonly attempts: Summary["attempts"];
      readonly waitMs: number;
      readonly error: AgproxyError;
    };

/** Stops an exchange whose plugins never stop retrying. Beside these, each account may fail twice. */
const maxAttempts = 16;

type Batches = AsyncIterator<readonly ChatEvent[]>;

/** Reads as much of an answer as shows that the attempt works. Nothing of it goes to the client meanwhile. */
export type Proof<Answer> = (batches: Batches) => Promise<Answer>;

/**
 * Sends an exchange until an account's answer passes `proof`. After each failure `attemptFailed` gives a verdict: the same
 * account again, the next one, or (no verdict) stop. Never throws; the error is in the result.
 */
export async function attemptUntil<Answer>(
  core: Core,
  exchange: Exchange,
  proof: Proof<Answer>,
): Promise<Tried<Answer>> {
  const { signal } = exchange.incoming;
  const attempts: FinishedAttempt[] = [];
  const waits = new Waits();
  try {
    const search = new Search(exchange.model);
    let attempt = await select(core, exchange, 1, search);
    for (;;) {
      const { account, model, startedAt } = attempt;
      const waitMs = waits.began(startedAt);
      if (core.server.accountHeader) {
        exchange.incoming.setHeader("X-Account-Email", account.label);
      }
      exchange.incoming.setHeader("X-Mapped-Model", model);
      try {
        const answer = await open(core, attempt, proof);
        const firstEventMs = Date.now() - startedAt;
        attempts.push({ account, model, startedAt, waitMs, firstEventMs });
        return { attempts, waitMs: waits.totalMs, answer };
      } catch (thrown) {
        const error = signal.aborted ? abortError(signal, thrown) : AgproxyError.from(thrown);
        const firstEventMs = waits.ended() - startedAt;
        attempts.push({ account, model, startedAt, waitMs, firstEventMs, error });
        if (signal.aborted) return { attempts, waitMs: waits.totalMs, error };
        attempt = await next(core, attempt, error, search);
      }
    }
  } catch (thrown) {
    return {
      attempts,
      waitMs: waits.totalInVain(),
      error: signal.aborted ? abortError(signal, thrown) : AgproxyError.from(thrown),
    };
  }
}

/** The next attempt. Throws the error for the client where there is none. */
async function next(
  core: Core,
  attempt: Attempt,
  error: AgproxyError,
  search: Search,
): Promise<Attempt> {
  const { exchange, account } = attempt;
  const verdict = await core.hooks.attemptFailed.promise({ error }, attempt);
  if (verdict === undefined || attempt.number >= maxAttempts + 2 * core.pool.all.length) {
    throw error.status === 429 ? await shortage(core, exchange, error, search) : error;
  }
  const { retry, after = 0 } = verdict;
  const target = core.pool.renamed(search.target, verdict.model ?? search.target);
  const isSameTarget = target === search.target;
  search.failed(account, error);
  if (!isSameTarget) search.restart(target);
  if (after > 0) await pause(after, exchange);
  const number = attempt.number + 1;
  const stays = retry === "same account" && (isSameTarget || core.pool.serves(account, target));
  if (!stays) return select(core, exchange, number, search);
  const { model } = core.pool.serving(target);
  const again: Attempt = { exchange, account, model, number, startedAt: Date.now() };
  const refusal = await core.hooks.claimAccount.promise(again);
  return refusal === undefined ? again : select(core, exchange, number, search);
}

async function pause(ms: number, exchange: Exchange): Promise<void> {
  try {
    await sleep(ms, undefined, { signal: exchange.incoming.signal });
  } catch (thrown) {
    throw abortError(exchange.incoming.signal, thrown);
  }
}

/** One attempt: sends, and waits until `proof` has seen that it works. */
async function open<Answer>(core: Core, attempt: Attempt, proof: Proof<Answer>): Promise<Answer> {
  const { transformRequest, transformStream } = core.hooks;
  const request = await transformRequest.promise(attempt.exchange.request, attempt);
  const sent = await send(request, attempt);
  // A whole answer yields nothing until it is complete: there, silence is normal.
  const stream = request.stream ? failWhereSilent(sent, core.server.timeouts.idle) : sent;
  let batches: Batches | undefined;
  try {
    batches = transformStream.call(stream, attempt)[Symbol.asyncIterator]();
    return await proof(batches);
  } catch (thrown) {
    // Nobody will read the rest: without this the connection stays open until its idle timeout.
    await letGo(batches ?? stream[Symbol.asyncIterator]());
    throw thrown;
  }
}

/** A host may have given up several of the connections that are kept for it. */
const maxResends = 3;

/**
 * Calls the upstream. What met a stale connection is sent again at once: it was not read, and no account is at fault. A
 * failure that is not meant for the client names whose upstream it is.
 */
async function send(request: ChatRequest, attempt: Attempt): Promise<ChatStream> {
  const { upstream } = attempt.account;
  for (let resends = 0; ; resends += 1) {
    try {
      const sent: unknown = await upstream.send(request, attempt);
      if (returned.stream.isReturn(sent)) return sent as ChatStream;
      throw new TypeError("`send` must return a stream of events");
    } catch (thrown) {
      if (attempt.exchange.incoming.signal.aborted) throw thrown;
      if (isStaleConnection(thrown) && resends < maxResends) continue;
      const error = AgproxyError.from(thrown);
      throw error.code === "internal_error" ? blame(thrown, "send", upstream.name) : error;
    }
  }
}

/** Ends a stream before its end. What that throws would hide why it ends. */
export async function letGo(batches: Batches): Promise<void> {
  try {
    await batches.return?.();
  } catch {}
}

/** A stream works once its first event has arrived. */
export async function untilFirstEvent(batches: Batches): Promise<ChatStream> {
  let first = await batches.next();
  while (first.done !== true && first.value.length === 0) first = await batches.next();
  if (first.done === true) throw new AgproxyError("upstream_cut");
  refuseMalformed(first.value);
  let pending: typeof first | undefined = first;
  return {
    [Symbol.asyncIterator]: () => ({
      next() {
        if (pending === undefined) return batches.next();
        const result = Promise.resolve(pending);
        pending = undefined;
        return result;
      },
      return: async (value) => (await batches.return?.(value)) ?? { done: true, value },
    }),
  };
}

/** An answer that is not streamed works once all of it has arrived: until then it can be tried again. */
export async function untilComplete(batches: Batches): Promise<readonly ChatEvent[]> {
  const events: ChatEvent[] = [];
  for (let step = await batches.next(); step.done !== true; step = await batches.next()) {
    refuseMalformed(step.value);
    for (const event of step.value) events.push(event);
  }
  return events;
}

/** Throws for a tool call that the model failed to write: agents would take the finish for a good end and stop. */
export function refuseMalformed(batch: readonly ChatEvent[]): void {
  const event = batch.find(isMalformed);
  if (event !== undefined) throw new AgproxyError("malformed_tool_call", event.detail);
}

export function isMalformed(event: ChatEvent): event is Extract<ChatEvent, { type: "finish" }> {
  return event.type === "finish" && event.reason === "malformed-tool-call";
}

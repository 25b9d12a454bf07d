import { definePlugin, type Plugin } from "../hooks/plugin.ts";
import type { Account, Attempt, Upstream } from "../hooks/stages.ts";
import type { ChatEvent, ChatStream } from "../vocabulary/answer.ts";
import type { ChatRequest } from "../vocabulary/chat.ts";

/** Answers a request with batches, or throws. */
export type Script = (
  request: ChatRequest,
  attempt: Attempt,
) => Iterable<readonly ChatEvent[]> | AsyncIterable<readonly ChatEvent[]>;

/** What a scripted account does with one request: a text is its answer, an error its failure. */
export type ScriptStep = string | Error | Script;

/**
 * What a scripted account does: the same with every request, or one step after the other, of which the last stays.
 *
 * @example
 * const flaky: AccountScript = [new AgproxyError("rate_limit_exceeded", undefined, { retryAfter: 1000 }), "hello"];
 */
export type AccountScript = ScriptStep | readonly [ScriptStep, ...ScriptStep[]];

/** An upstream without a network, and what it was sent. */
export interface ScriptedUpstream {
  readonly plugin: Plugin;
  /** The requests so far, in order, each with its account and the model that it was asked for. */
  readonly sent: readonly {
    readonly request: ChatRequest;
    readonly account: Account;
    readonly model: string;
  }[];
}

/**
 * An upstream without a network, as a plugin. Each script is an account, labelled `account-1` and so on. A function that
 * throws before its first batch fails the attempt; later, the stream.
 *
 * @example
 * const upstream = scriptedUpstream(
 *   [new AgproxyError("upstream_failed"), "the second time it works"],
 *   ({ messages }) => textAnswer(`${messages.length} messages`),
 * );
 * assert.equal(upstream.sent[0]?.model, "lower-case");
 */
export function scriptedUpstream(...scripts: readonly AccountScript[]): ScriptedUpstream {
  const sent: ScriptedUpstream["sent"][number][] = [];
  const accounts = scripts.map((script, index): Account => {
    const steps = isList(script) ? script : [script];
    let asked = 0;
    const upstream: Upstream = {
      name: "scripted",
      async send(request, attempt) {
        sent.push({ request, account: attempt.account, model: attempt.model });
        const step = steps[Math.min(asked, steps.length - 1)] ?? "";
        asked += 1;
        return play(batchesOf(step, request, attempt));
      },
    };
    const label = `account-${index + 1}`;
    return { id: label, label, upstream };
  });
  return {
    sent,
    plugin: definePlugin({
      name: "scripted",
      apply(agproxy) {
        agproxy.accounts(accounts);
      },
    }),
  };
}

function isList(script: AccountScript): script is Exclude<AccountScript, ScriptStep> {
  return Array.isArray(script);
}

function batchesOf(step: ScriptStep, request: ChatRequest, attempt: Attempt): ReturnType<Script> {
  if (step instanceof Error) throw step;
  return typeof step === "string" ? textAnswer(step) : step(request, attempt);
}

async function* play(
  batches: ReturnType<Script>,
): ChatStream & AsyncGenerator<readonly ChatEvent[]> {
  yield* batches;
}

/**
 * The batches of a text answer, one per word, and then `finish` and `usage`.
 *
 * @example
 * const upstream = scriptedUpstream(() => textAnswer("hello world"));
 */
export function textAnswer(text: string): readonly (readonly ChatEvent[])[] {
  const words = text.split(/(?<= )/);
  const count = words.length;
  return [
    ...words.map((word): readonly ChatEvent[] => [{ type: "text", choice: 0, text: word }]),
    [
      { type: "finish", choice: 0, reason: "stop" },
      { type: "usage", usage: { inputTokens: 3, outputTokens: count, totalTokens: 3 + count } },
    ],
  ];
}

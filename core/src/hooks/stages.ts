/**
 * The stages of a request, each with a type of its own that holds the former: `Incoming` → `Exchange` → `Attempt`. So no
 * field is optional because it comes later.
 */
import type { IncomingHttpHeaders } from "node:http";
import type { ChatEvent, ChatStream, Usage } from "../vocabulary/answer.ts";
import type { ChatRequest } from "../vocabulary/chat.ts";
import type { AgproxyError } from "../errors/agproxy-error.ts";

/** The query of a request's URL, read-only. */
export type Query = Omit<URLSearchParams, "append" | "delete" | "set" | "sort">;

/**
 * A request at the gate; its body is not read yet.
 *
 * @example
 * hooks.beforeAuth.tap("region", (incoming) => incoming.setHeader("X-Region", "eu"));
 */
export interface Incoming {
  /** In the header `X-Request-Id` of the answer, and in every log line about it. */
  readonly id: string;
  readonly method: string;
  /** Still percent-encoded; without doubled slashes and a trailing one. */
  readonly path: string;
  readonly query: Query;
  readonly headers: IncomingHttpHeaders;
  /** The client's; behind a proxy that `trustProxy` names, as that proxy tells it. */
  readonly remoteAddress: string;
  /** How the client sent it, likewise. */
  readonly protocol: "http" | "https";
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  /** Aborts when the client leaves. Everything that takes long must stop then. */
  readonly signal: AbortSignal;
  /** Sets a header of the answer, good or bad. Throws for a name that is no header's. */
  setHeader(name: string, value: string): void;
  /** Adds a field to `X-Agproxy-Ignored`: it was understood and cannot be honoured. */
  noteIgnored(field: string): void;
}

/**
 * Who asks. `id` scopes what is stored for them, and is never their key.
 *
 * @example
 * const caller: Caller = { id: "ada", name: "Ada" };
 */
export interface Caller {
  readonly id: string;
  readonly name: string;
}

/**
 * The caller of every request that needs no key.
 *
 * @example
 * hooks.authenticate.tap("mine", () => anonymous);
 */
export const anonymous: Caller = { id: "anonymous", name: "anonymous" };

/** One chat, once its model is known. The same object from the hook `exchange` to `done`: state can be kept by it. */
export interface Exchange {
  readonly incoming: Incoming;
  readonly caller: Caller;
  /** The name of the protocol that decoded it. */
  readonly protocol: string;
  readonly request: ChatRequest;
  /** What the request's model is mapped to. An attempt may ask for another: `attempt.model`. */
  readonly model: string;
}

/**
 * What a tap of `exchange` wants to be different. Every field may be left out.
 *
 * @example
 * const shorter: ExchangeChange = { request: { ...request, messages: request.messages.slice(-20) } };
 * const other: ExchangeChange = { model: "smaller-model" };
 * const own: ExchangeChange = {
 *   answer: [
 *     { type: "text", choice: 0, text: "Good morning." },
 *     { type: "finish", choice: 0, reason: "stop" },
 *   ],
 * };
 */
export interface ExchangeChange {
  /** Another request. Its `model` and `stream` stay the client's. */
  readonly request?: ChatRequest;
  /** The model to ask for, as the upstream names it; it is not mapped. */
  readonly model?: string;
  /** The whole answer, or a stream of it, each choice with its `finish`. It must stop when the signal of `incoming` aborts. */
  readonly answer?: readonly ChatEvent[] | ChatStream;
}

/**
 * Somewhere a request can be sent. Its key stays in the plugin that made it, because every plugin sees accounts.
 *
 * @example
 * const account: Account = { id: "work", label: "work@example.com", upstream };
 */
export interface Account {
  /** Unique in the pool, and the same after a restart. */
  readonly id: string;
  /** Its name in headers, the log and errors. Never a secret. */
  readonly label: string;
  readonly upstream: Upstream;
  /** Equal for accounts that share a vendor's quota, such as keys of one project. */
  readonly quotaGroup?: string;
  /** How large its share is among accounts of one priority, for strategies that ask. Default: 1. */
  readonly weight?: number;
  /** Accounts of a higher one are taken first, by strategies that ask. Default: 0. */
  readonly priority?: number;
  /** The URL of a proxy through which the upstream is reached: HTTP or SOCKS5. */
  readonly proxy?: string;
  /** The models it serves, as patterns in which `*` stands for any characters. Default: all. */
  readonly models?: readonly string[];
  /** Patterns of models that it does not serve, out of `models`. */
  readonly exclude?: readonly string[];
  /** A word by which it can be asked for: with `work`, `work/NAME` means the model NAME on this account. */
  readonly prefix?: string;
  /** Headers that its upstream sends with every request, by `accountHeaders`. Every plugin sees them. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether somebody has taken it out: it is shown, and no attempt begins on it. */
  readonly disabled?: boolean;
  /** Whether it leaves the pool for good as soon as there is an account that is none. */
  readonly standIn?: boolean;
}

/**
 * One wire that vendors speak.
 *
 * @example
 * const upstream: Upstream = {
 *   name: "echo",
 *   async send({ messages }) {
 *     return echoOf(messages);
 *   },
 * };
 */
export interface Upstream {
  /** A word or a host name, for the banner. */
  readonly name: string;
  /**
   * Sends one request. Resolves once the vendor has begun to answer, and throws an `AgproxyError` otherwise. The stream
   * throws where the vendor fails later or ends without a `finish`. The call and the stream must stop when
   * `exchange.incoming.signal` aborts.
   */
  send(request: ChatRequest, attempt: Attempt): Promise<ChatStream>;
  /** A cheap call that shows whether an account works, for `agproxy check`. Throws an `AgproxyError` if not. */
  probe?(account: Account, signal: AbortSignal): Promise<void>;
  /** What it was last told of what is left of an account's limits, for `agproxy status`. Asks nobody. */
  quotas?(account: Account): readonly Quota[];
}

/**
 * An account that may be selected. One that is `passedOver` is not, and an error about it says why.
 *
 * @example
 * const candidate: Candidate = {
 *   account,
 *   passedOver: { reason: "out of quota", until: Date.now() + 60_000 },
 * };
 */
export interface Candidate {
  readonly account: Account;
  readonly passedOver?: PassedOver;
}

/** Why an account is not selected now. */
export interface PassedOver {
  readonly reason: string;
  /** When it can be used again, in milliseconds since the epoch. */
  readonly until?: number;
  /** Whether it works and only has no room at the moment: a pool of such accounts is ready. */
  readonly isBusy?: boolean;
  /** What it failed with. Where all accounts failed with errors other than 429, the client gets one of them. */
  readonly error?: AgproxyError;
}

/** One try of an exchange on one account. */
export interface Attempt {
  readonly exchange: Exchange;
  readonly account: Account;
  /** What the upstream is asked for: `exchange.model` without an account's prefix, unless a verdict named another. */
  readonly model: string;
  /** 1 for the first. */
  readonly number: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

/** An attempt that failed before anything went to the client. */
export interface Failure {
  readonly error: AgproxyError;
}

/**
 * What to do about a failure.
 *
 * @example
 * const verdict: Verdict = { retry: "next account", after: 250 };
 * const smaller: Verdict = { retry: "same account", model: "smaller-model" };
 */
export interface Verdict {
  readonly retry: "same account" | "next account";
  /**
   * The model that the next attempts ask for, as the upstream names it; it is not mapped. An account's prefix may stand before
   * it; without one, the prefix that the client wrote stays. Default: the same. Accounts that failed for another model may be asked for this one.
   */
  readonly model?: string;
  /** How long to wait first, in milliseconds. */
  readonly after?: number;
}

/** The head of an answer, which is about to be written. Headers are set by `incoming.setHeader`. */
export interface AnswerHead {
  readonly incoming: Incoming;
  /** The HTTP status of the answer. */
  readonly status: number;
}

/** How an exchange ended; `aborted` where the client left. */
export type Outcome = "ok" | "failed" | "aborted";

/** How much of a limit is left, as an upstream told. */
export interface Quota {
  /** The model, or the word of the vendor for several. */
  readonly models: string;
  /** What is counted, such as `requests` or `tokens`. Absent where the upstream does not say. */
  readonly limit?: string;
  /** From 0 to 1. */
  readonly left: number;
  /** When all of it is there again, in milliseconds since the epoch, like the next one. */
  readonly resetsAt?: number;
  readonly learntAt: number;
}

/** What became of an attempt. */
export interface FinishedAttempt {
  readonly account: Account;
  readonly model: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Milliseconds for which it waited before it began: in a line for an account, and as a verdict asked. */
  readonly waitMs: number;
  /** Milliseconds from its start to its first event, to the end of an answer that is not streamed, or to its failure. */
  readonly firstEventMs: number;
  /** Why it failed, before anything went to the client. */
  readonly error?: AgproxyError;
}

/**
 * What became of an exchange. Only `exchange.request` has content.
 *
 * @example
 * hooks.done.tap("slow", ({ durationMs, attempts }) => {
 *   if (durationMs > 10_000) log.warn({ durationMs, attempts: attempts.length }, "slow");
 * });
 */
export interface Summary {
  readonly exchange: Exchange;
  readonly outcome: Outcome;
  /** The model that answered, or failed last; without an attempt the one that would have been asked. */
  readonly model: string;
  /** The HTTP status of the answer; 499 where the client left. */
  readonly status: number;
  /** The plugin that answered in a tap of `exchange`. Then there is no attempt. */
  readonly answeredBy?: string;
  readonly attempts: readonly FinishedAttempt[];
  /** Milliseconds that it waited for accounts, also where it waited in vain: in lines, and as verdicts asked. */
  readonly waitMs: number;
  /** Milliseconds from the arrival of the request to the first event of a streamed answer. */
  readonly firstEventMs?: number;
  readonly error?: AgproxyError;
  readonly usage?: Usage;
  /** Milliseconds from the arrival of the request to the end. */
  readonly durationMs: number;
}

/**
 * The stages of a request, each with a type of its own that holds the former: `Incoming` → `Exchange` → `Attempt`. So no
 * field is optional because it comes later.
 */
import type { IncomingHttpHeaders } from "node:http";
import type { ChatStream, Usage } from "../vocabulary/answer.ts";
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

/** One chat, once its model is known. */
export interface Exchange {
  readonly incoming: Incoming;
  readonly caller: Caller;
  /** The name of the protocol that decoded it. */
  readonly protocol: string;
  readonly request: ChatRequest;
  /** The model that the upstream is asked for, after mapping. */
  readonly model: string;
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
  /** The URL of an HTTP proxy through which the upstream is reached. */
  readonly proxy?: string;
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
  readonly passedOver?: {
    readonly reason: string;
    /** When it can be used again, in milliseconds since the epoch. */
    readonly until?: number;
  };
}

/** One try of an exchange on one account. */
export interface Attempt {
  readonly exchange: Exchange;
  readonly account: Account;
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
 */
export interface Verdict {
  readonly retry: "same account" | "next account";
  /** How long to wait first, in milliseconds. */
  readonly after?: number;
}

/** How an exchange ended; `aborted` where the client left. */
export type Outcome = "ok" | "failed" | "aborted";

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
  /** The HTTP status of the answer; 499 where the client left. */
  readonly status: number;
  readonly attempts: readonly {
    readonly account: Account;
    readonly error?: AgproxyError;
    /** Milliseconds from the start of the attempt to its first event or its failure. */
    readonly firstEventMs: number;
  }[];
  readonly error?: AgproxyError;
  readonly usage?: Usage;
  /** Milliseconds from the arrival of the request to the end. */
  readonly durationMs: number;
}

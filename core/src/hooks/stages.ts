/**
 * The moments of a request, each with its own type. Each holds the former by reference:
 * `Incoming` → `Exchange` → `Attempt`. No field "will be there later".
 */
import type { IncomingHttpHeaders } from "node:http";
import type { ChatStream, Usage } from "../vocabulary/answer.ts";
import type { ChatRequest } from "../vocabulary/chat.ts";
import type { AgproxyError } from "../errors/agproxy-error.ts";

/** What stands behind the question mark of a request's target, to be read only. */
export type Query = Omit<URLSearchParams, "append" | "delete" | "set" | "sort">;

/** A request at the gate: nothing of its body is read yet. */
export interface Incoming {
  /** Sent back as `X-Request-Id`, and in every log line. */
  readonly id: string;
  readonly method: string;
  /** As sent, percent signs and all, but without doubled slashes and a trailing one. */
  readonly path: string;
  readonly query: Query;
  readonly headers: IncomingHttpHeaders;
  readonly remoteAddress: string;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  /** Aborts when the client leaves. The only such wire: upstream calls, back-off and hooks hang on it. */
  readonly signal: AbortSignal;
  /** Sets a header of the answer, whatever becomes of the request. */
  setHeader(name: string, value: string): void;
  /** Says in `X-Agproxy-Ignored` that a field was understood and could not be honoured. */
  noteIgnored(field: string): void;
}

/** Who asks. `id` scopes everything that is stored for them; it never is the key itself. */
export interface Caller {
  readonly id: string;
  readonly name: string;
}

/** One chat with a known model. */
export interface Exchange {
  readonly incoming: Incoming;
  readonly caller: Caller;
  /** The protocol's name, such as the plugin calls it in logs. */
  readonly protocol: string;
  readonly request: ChatRequest;
  /** The mapped model: what the upstream is asked for. */
  readonly model: string;
}

/** Somewhere a request can be sent. Its secret stays in the plugin that made it. */
export interface Account {
  /** Unique in the pool. */
  readonly id: string;
  /** What people see: a header, a log line, an error. */
  readonly label: string;
  readonly upstream: Upstream;
  /** Accounts that share a vendor's quota, such as keys of one project. */
  readonly quotaGroup?: string;
  /** A proxy to reach the upstream through, as a URL. */
  readonly proxy?: string;
}

/** One vendor's wire. An account knows its upstream. */
export interface Upstream {
  /** As the banner shows it, a word or a host name. */
  readonly name: string;
  /**
   * Sends one request. Resolves once the vendor has begun to answer; throws an `AgproxyError`
   * otherwise. The stream throws when the vendor fails in the middle or stops without a finish.
   */
  send(request: ChatRequest, attempt: Attempt): Promise<ChatStream>;
  /** A cheap call that proves the account works; throws an `AgproxyError` where it does not. */
  probe?(account: Account, signal: AbortSignal): Promise<void>;
}

/** An account under consideration. One that is `passedOver` is not taken, and the error says why. */
export interface Candidate {
  readonly account: Account;
  readonly passedOver?: {
    readonly reason: string;
    /** When it may be used again, in milliseconds since the epoch. */
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

/** What to do about a failure; no verdict means stop. `after` is in milliseconds. */
export interface Verdict {
  readonly retry: "same account" | "next account";
  readonly after?: number;
}

export type Outcome = "ok" | "failed" | "aborted";

/** What became of an exchange. Nothing in here is content. */
export interface Summary {
  readonly exchange: Exchange;
  readonly outcome: Outcome;
  /** HTTP status sent; 499 where the client left before one was. */
  readonly status: number;
  readonly attempts: readonly {
    readonly account: Account;
    readonly error?: AgproxyError;
    /** Milliseconds from the start of the attempt to its first event or its failure. */
    readonly firstEventMs: number;
  }[];
  readonly error?: AgproxyError;
  readonly usage?: Usage;
  /** Milliseconds from arrival to the end. */
  readonly durationMs: number;
}

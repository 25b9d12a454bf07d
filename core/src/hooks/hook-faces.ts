import type { ChatStream } from "../vocabulary/answer.ts";
import type { ChatRequest, Model } from "../vocabulary/chat.ts";
import type {
  AnswerHead,
  Attempt,
  Caller,
  Candidate,
  Exchange,
  ExchangeChange,
  Failure,
  Incoming,
  PassedOver,
  Summary,
  Verdict,
} from "./stages.ts";

/**
 * Stages of taps. Taps of one stage run in the order of the config file.
 *
 * @example
 * hooks.listModels.tap({ name: "aliases", stage: order.last }, (models) => withAliases(models));
 */
export const order = { first: -100, normal: 0, last: 100 } as const;

/** How a plugin taps a hook: its name, and where it stands among the other taps. */
export interface TapOptions {
  /** The plugin's name. */
  readonly name: string;
  /** One of `order`, or a number between. Default: `order.normal`. */
  readonly stage?: number;
  /** The name of a plugin whose taps must run after this one. */
  readonly before?: string;
}

/** A hook as plugins see it: they can tap it, with a plain or an async function, and cannot call it. */
export interface HookFace<Args extends unknown[], Result> {
  tap(options: string | TapOptions, fn: (...args: Args) => Result | Promise<Result>): void;
}

/** A hook whose taps are not awaited: one that returns a promise fails. */
export interface SyncHookFace<Args extends unknown[], Result> {
  tap(options: string | TapOptions, fn: (...args: Args) => Result): void;
}

/** The moments at which plugins meet. Every hook fires on every chat, whatever its route and streamed or not. */
export interface HookFaces {
  /**
   * A request has arrived; its body is not read. Throw to refuse it.
   *
   * @example
   * hooks.beforeAuth.tap("inside", ({ remoteAddress }) => {
   *   if (!remoteAddress.startsWith("10.")) throw new NotFromHere();
   * });
   */
  readonly beforeAuth: HookFace<[Incoming], void>;
  /**
   * Who is asking? The first caller that a tap returns is the one. None is a 401. Without any tap, everyone is let in.
   *
   * @example
   * hooks.authenticate.tap("team", ({ headers }) =>
   *   headers["x-team"] === secret ? { id: "team", name: "team" } : undefined,
   * );
   */
  readonly authenticate: HookFace<[Incoming], Caller | undefined>;
  /**
   * Which model does a name mean? The first answer decides; none leaves the name as it is.
   *
   * @example
   * hooks.resolveModel.tap("lower", (model) => model.toLowerCase());
   */
  readonly resolveModel: HookFace<[string, Incoming], string | undefined>;
  /**
   * A chat is understood: its model is known, and no account is chosen. Fires once. Throw to refuse it; return what is to be
   * changed. A tap that answers by itself ends the round: no account is asked, and no later tap.
   *
   * @example
   * hooks.exchange.tap("maintenance", ({ model }) =>
   *   model === "assistant"
   *     ? {
   *         answer: [
   *           { type: "text", choice: 0, text: "Back at nine." },
   *           { type: "finish", choice: 0, reason: "stop" },
   *         ],
   *       }
   *     : undefined,
   * );
   */
  readonly exchange: HookFace<[Exchange], ExchangeChange | void>;
  /**
   * Which accounts can take the exchange, for the model that they will be asked for? A tap may add, remove, mark and sort candidates; the first one that is not
   * `passedOver` is taken. `/readyz` asks too, so a tap must not use anything up.
   *
   * @example
   * hooks.selectAccount.tap("backwards", (candidates) => candidates.toReversed());
   */
  readonly selectAccount: HookFace<
    [readonly Candidate[], Exchange, model: string],
    readonly Candidate[]
  >;
  /**
   * An attempt is about to begin on the account that was selected. A tap that must not let it begin, because another request
   * came first, returns why; then the next candidate is taken. What a tap counts here ends with the exchange's next claim, `awaitAccount`,
   * `attemptFailed` or `done`: a later tap may refuse the attempt.
   *
   * @example
   * hooks.claimAccount.tap("office-hours", ({ account }) =>
   *   account.label === "office" && new Date().getHours() < 8 ? { reason: "sleeps" } : undefined,
   * );
   */
  readonly claimAccount: HookFace<[Attempt], PassedOver | undefined>;
  /**
   * No account can take the exchange now. A tap may wait until one can, or name another model: it returns the model to
   * select an account for. Without an answer the client is told. Stop waiting when `exchange.incoming.signal` aborts.
   *
   * @example
   * hooks.awaitAccount.tap("smaller", (_candidates, _exchange, model) =>
   *   model === "large" ? "small" : undefined,
   * );
   */
  readonly awaitAccount: HookFace<
    [readonly Candidate[], Exchange, model: string],
    string | undefined
  >;
  /**
   * Changes what is sent. Fires once per attempt, each time with the client's own request. Return a new one.
   *
   * @example
   * hooks.transformRequest.tap("calm", (request) => ({
   *   ...request,
   *   sampling: { ...request.sampling, temperature: 0 },
   * }));
   */
  readonly transformRequest: HookFace<[ChatRequest, Attempt], ChatRequest>;
  /**
   * Changes what comes back. Fires once per attempt that the upstream has begun to answer.
   *
   * @example
   * hooks.transformStream.tap("no-thoughts", (events) =>
   *   mapEvents(events, (event) => (event.type === "reasoning" ? undefined : event)),
   * );
   */
  readonly transformStream: SyncHookFace<[ChatStream, Attempt], ChatStream>;
  /**
   * An attempt failed before anything went to the client. The first verdict decides; none stops the exchange.
   *
   * @example
   * hooks.attemptFailed.tap("again", ({ error }, { number }) =>
   *   error.code === "upstream_cut" && number === 1 ? { retry: "same account", after: 250 } : undefined,
   * );
   */
  readonly attemptFailed: HookFace<[Failure, Attempt], Verdict | undefined>;
  /**
   * Which models may a client name? Each tap returns the list with its own models added.
   *
   * @example
   * hooks.listModels.tap("mine", (models) => [...models, { id: "assistant", ownedBy: "us" }]);
   */
  readonly listModels: HookFace<[readonly Model[], Incoming], readonly Model[]>;
  /**
   * The head of an answer is about to be written: the last moment for headers. Fires once per HTTP request, on every path,
   * for good answers and errors. It cannot wait; what a tap throws is logged only.
   *
   * @example
   * hooks.beforeAnswer.tap("timing", ({ incoming }) =>
   *   incoming.setHeader("Server-Timing", `agproxy;dur=${Date.now() - incoming.receivedAt}`),
   * );
   */
  readonly beforeAnswer: SyncHookFace<[AnswerHead], void>;
  /**
   * An exchange is over: answered, failed, or left by its client. No client waits for a tap, also for an async one, and what
   * it throws is logged only. When agproxy stops, it waits for those that are under way.
   *
   * @example
   * hooks.done.tap("bill", ({ exchange, usage }) => bill(exchange.caller, usage?.totalTokens ?? 0));
   */
  readonly done: HookFace<[Summary], void>;
  /**
   * agproxy stops. Taps run from the last plugin to the first; what one throws is logged only.
   *
   * @example
   * hooks.close.tap("journal", () => file.close());
   */
  readonly close: HookFace<[reason: string], void>;
}

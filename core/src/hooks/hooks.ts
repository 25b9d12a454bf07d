import {
  AsyncSeriesBailHook,
  AsyncSeriesHook,
  AsyncSeriesWaterfallHook,
  SyncHook,
  SyncWaterfallHook,
} from "tapable";
import type { ChatStream } from "../vocabulary/answer.ts";
import type { ChatRequest, Model } from "../vocabulary/chat.ts";
import type { GivenAnswer, OpenExchange } from "./exchange-change.ts";
import type {
  AnswerHead,
  Attempt,
  Caller,
  Candidate,
  Exchange,
  Failure,
  Incoming,
  PassedOver,
  Summary,
  Verdict,
} from "./stages.ts";

/** The hooks as the core calls them. */
export type Hooks = ReturnType<typeof createHooks>;

/** Makes the hooks; plugins tap them only through `facesFor`. */
export function createHooks() {
  return {
    beforeAuth: new AsyncSeriesHook<[Incoming]>(["incoming"], "beforeAuth"),
    authenticate: new AsyncSeriesBailHook<[Incoming], Caller | undefined>(
      ["incoming"],
      "authenticate",
    ),
    resolveModel: new AsyncSeriesBailHook<[string, Incoming], string | undefined>(
      ["model", "incoming"],
      "resolveModel",
    ),
    exchange: new AsyncSeriesBailHook<[OpenExchange], GivenAnswer | undefined>(
      ["exchange"],
      "exchange",
    ),
    selectAccount: new AsyncSeriesWaterfallHook<[readonly Candidate[], Exchange, string]>(
      ["candidates", "exchange", "model"],
      "selectAccount",
    ),
    claimAccount: new AsyncSeriesBailHook<[Attempt], PassedOver | undefined>(
      ["attempt"],
      "claimAccount",
    ),
    awaitAccount: new AsyncSeriesBailHook<
      [readonly Candidate[], Exchange, string],
      string | undefined
    >(["candidates", "exchange", "model"], "awaitAccount"),
    transformRequest: new AsyncSeriesWaterfallHook<[ChatRequest, Attempt]>(
      ["request", "attempt"],
      "transformRequest",
    ),
    transformStream: new SyncWaterfallHook<[ChatStream, Attempt]>(
      ["events", "attempt"],
      "transformStream",
    ),
    attemptFailed: new AsyncSeriesBailHook<[Failure, Attempt], Verdict | undefined>(
      ["failure", "attempt"],
      "attemptFailed",
    ),
    listModels: new AsyncSeriesWaterfallHook<[readonly Model[], Incoming]>(
      ["models", "incoming"],
      "listModels",
    ),
    beforeAnswer: new SyncHook<[AnswerHead]>(["head"], "beforeAnswer"),
    done: new SyncHook<[Summary]>(["summary"], "done"),
    close: new AsyncSeriesHook<[string]>(["reason"], "close"),
  };
}

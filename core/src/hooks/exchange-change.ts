import type { ChatStream } from "../vocabulary/answer.ts";
import type { Exchange, ExchangeChange } from "./stages.ts";

/** An exchange while its hook runs. It stays one object, so that what a plugin keeps by it is found to the end. */
export type OpenExchange = { -readonly [Name in keyof Exchange]: Exchange[Name] };

/** What a plugin answered in an account's place. */
export interface GivenAnswer {
  readonly plugin: string;
  readonly events: NonNullable<ExchangeChange["answer"]>;
}

/** Carries out what a tap returned. The result is the answer, if it gave one. */
export function apply(
  exchange: OpenExchange,
  change: ExchangeChange,
  plugin: string,
): GivenAnswer | undefined {
  const { request, model, answer } = change;
  if (request !== undefined) {
    // Encoders write the model that was asked for, and the client waits for what it asked: a stream, or none.
    const { model: asked, stream } = exchange.request;
    exchange.request = { ...request, model: asked, stream };
  }
  if (model !== undefined) exchange.model = model;
  return answer === undefined ? undefined : { plugin, events: answer };
}

/** Whether a list of events or a stream of batches. */
export function isStream(events: GivenAnswer["events"]): events is ChatStream {
  return Symbol.asyncIterator in events;
}

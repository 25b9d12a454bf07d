import type { Exchange, Stamp as AnswerStamp } from "@agproxy/core";

/** What every piece of one answer carries alike. */
export interface Stamp extends AnswerStamp {
  readonly model: string;
}

/**
 * The model is the one the client asked for, not the mapped one: clients look up limits and prices by the
 * name in the answer and know only their own. `X-Mapped-Model` tells the other.
 */
export function stampOf(prefix: string, exchange: Exchange, { id, created }: AnswerStamp): Stamp {
  return { id: `${prefix}-${id}`, created, model: exchange.request.model };
}

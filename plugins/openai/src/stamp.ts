import type { Exchange } from "agproxy";

/** What every piece of one answer carries alike. */
export interface Stamp {
  readonly id: string;
  /** Unix time in seconds. */
  readonly created: number;
  readonly model: string;
}

/**
 * The model is the one the client asked for, not the mapped one: clients look up limits and prices by the
 * name in the answer and know only their own. `X-Mapped-Model` tells the other.
 */
export function stampOf(
  prefix: string,
  exchange: Exchange,
  { id, created }: { readonly id: string; readonly created: number },
): Stamp {
  return { id: `${prefix}-${id}`, created, model: exchange.request.model };
}

import type { Caller } from "@agproxy/core";
import type { Keeper } from "./output/response-frames.ts";
import { items } from "./state/history.ts";
import { storedTurn, type Turn, type TurnSources } from "./turn.ts";

/**
 * Keeps what a turn came to: in the archive where the client wants it, and in the connection's own memory
 * where it has one. Nothing where neither is to be.
 */
export function keeperOf(
  turn: Turn,
  caller: Caller,
  seed: string,
  { archive, memory }: TurnSources,
): Keeper | undefined {
  if (!turn.kept && memory === undefined) return undefined;
  return async (response) => {
    const ended = response.status === "completed" || response.status === "incomplete";
    // A client that left takes its unfinished response with it, unless it runs without one.
    const wanted = turn.kept && (response.status !== "cancelled" || turn.background);
    const kept =
      wanted && (await archive.save(caller, response.id, storedTurn(turn, response, seed)));
    if (ended) {
      const context = turn.compacts ? [] : [...turn.context, ...turn.items];
      memory?.remember(response.id, { items: [...context, ...items(response.output)], kept });
    }
    return wanted && !kept ? { ...response, store: false } : response;
  };
}

import type { Contestant } from "../contestant.ts";
import { type Load, saturate } from "../load.ts";
import type { Size } from "../size.ts";

export const burstPace = { events: 200, gap: 0 };
export const slowPace = { events: 25, gap: 20 };

/** Streams at the slow pace, begun one after the other over the time that one takes. */
export function slowStreams({ paced }: Size, ms: number): Load {
  return { connections: paced, ms, spread: slowPace.events * slowPace.gap };
}

/** Brings a gateway to the speed that it has after hours. */
export async function warmUp({ program, ask }: Pick<Contestant, "program" | "ask">, size: Size) {
  await warmUpUnary({ program, ask }, size);
  await warmUpBursts({ program, ask }, size);
}

export async function warmUpUnary(
  { program, ask }: Pick<Contestant, "program" | "ask">,
  { unary, warmUp }: Size,
): Promise<void> {
  await saturate(program.port, ask(), { connections: unary, ...warmUp });
}

export async function warmUpBursts(
  { program, ask }: Pick<Contestant, "program" | "ask">,
  { bursts, warmUp }: Size,
): Promise<void> {
  const load = { connections: bursts, ms: warmUp.ms, requests: warmUp.bursts };
  await saturate(program.port, ask(burstPace), load);
}

export async function warmUpSlowStreams(
  { program, ask }: Pick<Contestant, "program" | "ask">,
  size: Size,
): Promise<void> {
  await saturate(program.port, ask(slowPace), slowStreams(size, size.warmUp.pacedMs));
}

import type { Pace } from "./answer.ts";
import { ask, type Ask } from "./ask.ts";
import type { Program } from "./program.ts";
import { chat } from "./wires/chat.ts";
import { gemini } from "./wires/gemini.ts";
import { llms, portkey } from "./wires/peers.ts";
import type { Wire } from "./wires/wire.ts";

/** What is compared in every run, and what `--peers` adds. */
export const gateways = ["bare", "reference", "agproxy"] as const;
export const peers = ["portkey", "llms"] as const;
export type GatewayName = (typeof gateways)[number];
export type ContestantName = GatewayName | (typeof peers)[number];

/** A running program with the requests that it understands. */
export interface Contestant<Name extends string = ContestantName> {
  readonly name: Name;
  readonly program: Program;
  ask(pace?: Pace): Ask;
}

const wires: Record<ContestantName, (upstream: string) => Wire> = {
  bare: () => gemini,
  reference: () => chat,
  agproxy: () => chat,
  portkey,
  llms: () => llms,
};

export function contestant<Name extends ContestantName>(
  name: Name,
  program: Program,
  mock: Program,
): Contestant<Name> {
  return speaking(name, program, wires[name](mock.url));
}

export function speaking<Name extends string>(
  name: Name,
  program: Program,
  wire: Wire,
): Contestant<Name> {
  return { name, program, ask: (pace) => ask(wire, pace) };
}

/** Where each says that it is well. */
export const health: Record<ContestantName, string> = {
  bare: "/healthz",
  reference: "/healthz",
  agproxy: "/healthz",
  portkey: "/",
  llms: "/health",
};

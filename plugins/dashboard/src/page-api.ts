/** What the page and the gateway tell each other. */
import type {
  CallerKey,
  ClientGuide,
  KeptExchange,
  GatewayReport,
  ModelExplanation,
  ReportedAccount,
} from "@agproxy/core";

export type SeenExchange = KeptExchange;

export type { CallerKey, ClientGuide, ModelExplanation, ReportedAccount };

/** A request that was refused before it became an exchange. */
export interface Refusal {
  readonly id: string;
  readonly time: number;
  readonly address: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

/** How the gateway stands: the event `state` of the stream. */
export interface GatewayState extends GatewayReport {
  /** The labels of those accounts that can be changed here, with what they are for. */
  readonly filed: Readonly<Record<string, string>>;
}

/** The event `start`: all that a page needs to begin. */
export interface Start {
  readonly state: GatewayState;
  readonly exchanges: readonly SeenExchange[];
  readonly refusals: readonly Refusal[];
}

/** Whose browser this is, and what the page may offer. */
export interface Session {
  /** Goes into the header `X-Agproxy-Page` of whatever changes something, and of what is tried. */
  readonly page: string;
  readonly version: string;
  readonly url: string;
  /** The kinds of accounts that can be added, each with the name of its secret. */
  readonly kinds: readonly { readonly name: string; readonly secret: string }[];
  /** Whether there is a log of requests, for times before the page was opened. */
  readonly hasLog: boolean;
}

/** What is known of callers. */
export interface Callers {
  /** Absent: nobody keeps keys. */
  readonly keys?: readonly CallerKey[];
  /** Whether callers must bring a key. */
  readonly asksForKeys: boolean;
  /** Who may ask at all, in words of the plugin that sees to it. */
  readonly admission?: string;
}

/** How an account answered a test. */
export interface Tested {
  readonly standing: string;
  readonly text: string;
}

import type { ProbedAccount } from "./account-probe.ts";
import type { AccountKind } from "./account-options.ts";
import type { AccountReport } from "./pool-report.ts";
import type { PassedOver, Quota } from "./stages.ts";
import type { Standing } from "./standing.ts";

/** What went through an account today. */
export interface AccountTally {
  /** Attempts, those that failed among them. */
  attempts: number;
  failures: number;
  inputTokens: number;
  outputTokens: number;
  /** What it failed with last, also before today. `at` is in milliseconds since the epoch. */
  lastError?: { readonly at: number; readonly code: string; readonly reason: string };
}

/** One account of a report. */
export interface ReportedAccount extends Partial<AccountReport> {
  readonly id: string;
  readonly label: string;
  readonly upstream: string;
  readonly quotaGroup?: string;
  /** Whether somebody has taken it out. */
  readonly disabled?: boolean;
  readonly today: Readonly<Omit<AccountTally, "lastError">>;
  readonly lastError?: AccountTally["lastError"];
  /** What the upstream told of what is left. */
  readonly quotas: readonly Quota[];
}

/** What a gateway knows of itself at one moment: `agproxy status` shows it. */
export interface GatewayReport {
  readonly accounts: readonly ReportedAccount[];
  /** How many requests wait for an account, by model. */
  readonly waiting: Readonly<Record<string, number>>;
  /** Since when `today` counts, in milliseconds since the epoch. */
  readonly countedSince: number;
}

/** What a model name means, and who would answer: `agproxy explain` shows it. */
export interface ModelExplanation {
  readonly asked: string;
  /** What it is mapped to. */
  readonly model: string;
  /** What plugins say about why. */
  readonly reasons: readonly { readonly plugin: string; readonly reason: string }[];
  /** The accounts that serve it, those first that would be asked first. */
  readonly accounts: readonly ExplainedAccount[];
}

/** How an account stands for one model. */
export interface ExplainedAccount extends Omit<PassedOver, "reason" | "error" | "isBusy"> {
  readonly label: string;
  readonly upstream: string;
  readonly standing: Standing;
  /** Why it would not be asked now. */
  readonly reason?: string;
}

/** What a plugin says of itself. */
interface ShownPlugin {
  readonly name: string;
  /** What its accounts in the accounts file are made of. */
  readonly accountKind?: AccountKind;
  /** Its effective settings in a few words. */
  describe?(): string;
}

/** A gateway as those see it who show it to people. Nothing here is for the time of a request. */
export interface GatewayView {
  /** In the order of the config. */
  readonly plugins: readonly ShownPlugin[];
  /** The version of agproxy. */
  readonly version: string;
  /** How the accounts stand now. Asks no upstream. */
  report(): GatewayReport;
  /** What would become of a request for a model now. */
  explain(asked: string): Promise<ModelExplanation>;
  /** Asks an account's upstream whether it works; undefined where there is no account of this id. */
  probe(id: string): Promise<ProbedAccount | undefined>;
}

import { type AccountOptions, defined } from "@agproxy/core";
import { type Failure, failures } from "./failure.ts";

type Options = Omit<AccountOptions, "proxy" | "standIn" | "disabled">;

export interface SandboxAccount extends Options {
  /** Shown in logs and in `X-Account-Email`. Default: `sandbox-1@agproxy.invalid` and so on. */
  readonly label?: string | undefined;
  /** Default: `sandbox-key-1` and so on. */
  readonly key?: string | undefined;
  /** One failure for every request, or a list of them, one after the other. */
  readonly fail?: Failure | readonly Failure[] | undefined;
  /** How many requests fail before the account works. Default: all; with a list, as many as it has. */
  readonly times?: number | undefined;
}

/** An account of the sandbox with its defaults filled in, as `gemini` takes it. */
export interface NamedAccount extends Options {
  readonly key: string;
  readonly label: string;
}

interface Plan {
  readonly failures: readonly Failure[];
  readonly times: number;
  used: number;
}

/** The accounts of one sandbox and what is left of their failures. */
export class Accounts {
  readonly list: readonly NamedAccount[];
  readonly #plans = new Map<string, Plan>();

  constructor(accounts: number | readonly SandboxAccount[]) {
    const given: readonly SandboxAccount[] =
      typeof accounts === "number" ? Array.from({ length: accounts }, () => ({})) : accounts;
    this.list = given.map(({ key, label, quotaGroup, models, exclude, prefix, headers }, i) => ({
      ...defined({ quotaGroup, models, exclude, prefix, headers }),
      key: key ?? `sandbox-key-${i + 1}`,
      label: label ?? `sandbox-${i + 1}@agproxy.invalid`,
    }));
    given.forEach(({ fail, times }, i) => this.fail(this.list[i]?.label ?? "", fail, times));
  }

  has(key: string | undefined): key is string {
    return this.list.some((account) => account.key === key);
  }

  /** Sets how an account fails from now on; undefined lets it work. */
  fail(label: string, fail: Failure | readonly Failure[] | undefined, times?: number): void {
    const account = this.list.find((known) => known.label === label);
    if (account === undefined) {
      const known = this.list.map((one) => one.label).join(", ");
      throw new Error(`The sandbox has no account "${label}". It has: ${known}.`);
    }
    const planned = fail === undefined ? [] : typeof fail === "string" ? [fail] : fail;
    const unknown = planned.find((failure) => !failures.includes(failure));
    if (unknown !== undefined) {
      throw new Error(`The sandbox has no failure "${unknown}". It has: ${failures.join(", ")}.`);
    }
    const always = typeof fail === "string" ? Number.POSITIVE_INFINITY : planned.length;
    this.#plans.set(account.key, { failures: planned, times: times ?? always, used: 0 });
  }

  /** How the next request of a key fails, if it does. */
  peek(key: string): Failure | undefined {
    const plan = this.#plans.get(key);
    if (plan === undefined || plan.used >= plan.times) return undefined;
    return plan.failures[plan.used % plan.failures.length];
  }

  /** As `peek`, and uses the failure up. */
  take(key: string): Failure | undefined {
    const failure = this.peek(key);
    const plan = this.#plans.get(key);
    if (failure !== undefined && plan !== undefined) plan.used += 1;
    return failure;
  }
}

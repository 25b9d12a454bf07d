import {
  type Account,
  type Log,
  type Model,
  type PluginAccounts,
  servesModel,
} from "@agproxy/core";

const freshForMs = 5 * 60_000;
/** How long a failure counts before the accounts are asked again. */
const failedForMs = 30_000;

export interface CachedModelsOptions {
  /** The plugin's, for the log. */
  readonly name: string;
  readonly log: Log;
  readonly accounts: Pick<PluginAccounts, "all">;
  now(): number;
  /** How long one account is waited for. Default: 5 seconds. */
  readonly timeoutMs?: number;
  modelsOf(account: Account, signal: AbortSignal): Promise<readonly Model[]>;
}

/**
 * The models that an upstream serves, asked of the first account that answers. Cached for some minutes, until the accounts
 * change; concurrent requests share one question. Models that none of the accounts serves are left out. Never throws: without
 * an answer the last list stands.
 */
export function cachedModels(options: CachedModelsOptions): () => Promise<readonly Model[]> {
  let known: readonly Model[] = [];
  let freshUntil = 0;
  let asking: Promise<readonly Model[]> | undefined;

  let asked: readonly Account[] | undefined;

  async function ask(): Promise<readonly Model[]> {
    asked = options.accounts.all;
    const usable = asked.filter(({ disabled }) => disabled !== true);
    if (usable.length === 0) known = [];
    for (const account of usable) {
      // A signal for each: one account that never answers must not use up the time of the others.
      const signal = AbortSignal.timeout(options.timeoutMs ?? 5000);
      try {
        const listed = await options.modelsOf(account, signal);
        known = listed.filter(({ id }) => usable.some((one) => servesModel(one, id)));
        freshUntil = options.now() + freshForMs;
        return known;
      } catch (error) {
        options.log.warn(
          { err: error, account: account.label },
          `${options.name}: the model list could not be read`,
        );
      }
    }
    freshUntil = options.now() + failedForMs;
    return known;
  }

  return () => {
    if (options.now() < freshUntil && options.accounts.all === asked) return Promise.resolve(known);
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  };
}

import {
  type Attempt,
  definePlugin,
  type Log,
  order,
  type Plugin,
  poolReport,
} from "@agproxy/core";
import type { Chance } from "./chance.ts";
import type { CoolDown } from "./cool-downs.ts";
import { fallbackChains } from "./fallback.ts";
import { Leases } from "./leases.ts";
import { type RotationOptions, readRotationOptions } from "./options.ts";
import { Pool } from "./pool.ts";
import { SharedCoolDowns } from "./shared-cool-downs.ts";
import { strategies } from "./strategies.ts";

/** The plugin, with clock and randomness given. */
export function createRotation(options: RotationOptions, chance: Chance): Plugin {
  const { strategy, sticky, attempts, maxWait, limits, fallback } = readRotationOptions(options);
  return definePlugin({
    name: "rotation",
    describe: () =>
      [
        strategy,
        ...(sticky ? ["sticky conversations"] : []),
        `up to ${attempts} attempts`,
        maxWait === 0 ? "does not wait" : `waits up to ${maxWait / 1000} s`,
      ].join(", "),
    async apply({ hooks, log, store, expose }) {
      const pool = new Pool(
        {
          strategy: strategies[strategy],
          sticky,
          attempts,
          maxWaitMs: maxWait,
          limits,
          nextModel: fallbackChains(fallback),
        },
        chance,
        store.isShared ? new Leases(store, log) : undefined,
      );
      expose(poolReport, {
        of: (account) => pool.report(account),
        waiting: () => pool.waiting(),
      });
      const shared = new SharedCoolDowns(pool.coolDowns, store, log, chance.now);
      const unwatch = await shared.watch(() => pool.changed());
      hooks.close.tap("rotation", unwatch);
      hooks.selectAccount.tap(
        { name: "rotation", stage: order.last },
        (candidates, exchange, model) => pool.rank(candidates, exchange, model),
      );
      hooks.claimAccount.tap("rotation", (attempt) => pool.claim(attempt));
      hooks.awaitAccount.tap("rotation", (candidates, exchange, model) =>
        pool.wait(candidates, exchange, model),
      );
      hooks.transformStream.tap("rotation", (stream, attempt) => {
        pool.answered(attempt);
        return stream;
      });
      hooks.attemptFailed.tap("rotation", (failure, attempt) => {
        const { verdict, coolDown } = pool.failed(failure, attempt);
        if (coolDown !== undefined) logged(log, attempt, coolDown);
        return verdict;
      });
      hooks.done.tap("rotation", (summary) => {
        const late = pool.ended(summary);
        if (late !== undefined) logged(log, late.attempt, late.coolDown);
      });
    },
  });
}

function logged(log: Log, { account, exchange, model }: Attempt, { until, error }: CoolDown): void {
  const { id } = exchange.incoming;
  const time = new Date(until).toISOString();
  log.warn({ id, account: account.label, model, error: error.code, until: time }, "cools");
}

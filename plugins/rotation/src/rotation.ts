import { definePlugin, order, type Plugin } from "@agproxy/core";
import { type RotationOptions, readRotationOptions } from "./options.ts";
import { type Chance, Pool } from "./pool.ts";
import { strategies } from "./ranking.ts";

/** The plugin, with clock and randomness given. */
export function createRotation(options: RotationOptions, chance: Chance): Plugin {
  const { strategy, sticky, attempts } = readRotationOptions(options);
  const pool = new Pool({ strategy: strategies[strategy], sticky, attempts }, chance);

  return definePlugin({
    name: "rotation",
    describe: () =>
      `${strategy}${sticky ? ", sticky conversations" : ""}, up to ${attempts} attempts`,
    apply({ hooks, log }) {
      hooks.selectAccount.tap(
        { name: "rotation", stage: order.last },
        (candidates, exchange, model) => pool.rank(candidates, exchange, model),
      );
      hooks.transformRequest.tap({ name: "rotation", stage: order.first }, (request, attempt) => {
        pool.began(attempt);
        return request;
      });
      hooks.attemptFailed.tap("rotation", (failure, attempt) => {
        const { verdict, coolDown } = pool.failed(failure, attempt);
        if (coolDown !== undefined) {
          const until = new Date(coolDown.until).toISOString();
          const { account, model } = attempt;
          const { code } = failure.error;
          log.warn({ account: account.label, model, error: code, until }, "cools");
        }
        return verdict;
      });
      hooks.done.tap("rotation", (summary) => pool.ended(summary));
    },
  });
}

import { type Print, table } from "./print.ts";
import type { ConfigSource } from "../config/config.ts";
import { AgproxyError } from "../errors/agproxy-error.ts";
import type { Account } from "../hooks/stages.ts";
import { withGateway } from "./loaded-gateway.ts";
import { warningsOf } from "./exposure.ts";

const probeTimeoutMs = 20_000;

/**
 * `agproxy check`: loads the config, applies the plugins, and probes each account. Exit code 1 where anything fails. `warn`
 * gets the warnings that a start would show.
 */
export function check(source: ConfigSource, print: Print, warn: Print): Promise<number> {
  return withGateway(source, async (gateway, { file }) => {
    const { core, plugins } = gateway;
    print(`${file ?? "The built-in config"}: good, ${plugins.length} plugins\n`);
    for (const warning of await warningsOf(gateway)) warn(`! ${warning}\n`);
    if (core.accounts.length === 0) {
      print("No account: add an upstream plugin with accounts.\n");
      return 1;
    }
    const results = await Promise.all(core.accounts.map(probe));
    print(`${table(results.map(({ row }) => row))}\n`);
    return results.every(({ good }) => good) ? 0 : 1;
  });
}

async function probe(account: Account): Promise<{ good: boolean; row: readonly string[] }> {
  const { label, upstream } = account;
  if (upstream.probe === undefined)
    return { good: true, row: [label, upstream.name, "not probed"] };
  try {
    await upstream.probe(account, AbortSignal.timeout(probeTimeoutMs));
    return { good: true, row: [label, upstream.name, "good"] };
  } catch (thrown) {
    const { message, advice } = AgproxyError.from(thrown);
    return { good: false, row: [label, upstream.name, `bad: ${message} ${advice}`] };
  }
}

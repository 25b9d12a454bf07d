import { jsonLines, type Output, type Print, table, widthOf, wrapped } from "./print.ts";
import type { ConfigSource } from "../config/config.ts";
import { AgproxyError } from "../errors/agproxy-error.ts";
import type { Account } from "../hooks/stages.ts";
import { withGateway } from "./loaded-gateway.ts";
import { warningsOf } from "./exposure.ts";

const probeTimeoutMs = 20_000;

/** An account, and what became of its probe. */
interface Result {
  readonly label: string;
  readonly upstream: string;
  readonly status: "good" | "bad" | "not probed";
  /** Why it is bad. */
  readonly reason?: string;
}

/**
 * `agproxy check`: loads the config, applies the plugins, and probes each account. Exit code 1 where anything fails. `warn`
 * gets the warnings that a start would show.
 */
export function check(
  source: ConfigSource,
  { json, print, warn }: Output & { readonly warn: Print },
): Promise<number> {
  return withGateway(source, async (gateway, { file }) => {
    const { core, plugins } = gateway;
    const warnings = await warningsOf(gateway);
    if (!json) {
      print(`${file ?? "The built-in config"}: good, ${plugins.length} plugins\n`);
      for (const warning of warnings) warn(`${fitted(`! ${warning}`, "  ", process.stderr)}\n`);
    }
    const accounts = await Promise.all(core.pool.all.map(probe));
    const isGood = accounts.length > 0 && accounts.every(({ status }) => status !== "bad");
    if (json) {
      const names = plugins.map(({ name }) => name);
      print(jsonLines({ good: isGood, config: file ?? null, plugins: names, warnings, accounts }));
    } else if (accounts.length === 0) {
      print("No account: add an upstream plugin with accounts.\n");
    } else {
      print(`${fitted(table(accounts.map(row)), "    ", process.stdout)}\n`);
    }
    return isGood ? 0 : 1;
  });
}

/** A text whose lines fit into a terminal. */
function fitted(text: string, indent: string, stream: { readonly columns?: number }): string {
  const width = widthOf(stream);
  return text
    .split("\n")
    .map((line) => wrapped(line, width, indent))
    .join("\n");
}

function row({ label, upstream, status, reason }: Result): readonly string[] {
  return [label, upstream, reason === undefined ? status : `${status}: ${reason}`];
}

async function probe(account: Account): Promise<Result> {
  const { label, upstream } = account;
  const result = { label, upstream: upstream.name };
  if (upstream.probe === undefined) return { ...result, status: "not probed" };
  try {
    await upstream.probe(account, AbortSignal.timeout(probeTimeoutMs));
    return { ...result, status: "good" };
  } catch (thrown) {
    const { message, advice } = AgproxyError.from(thrown);
    return { ...result, status: "bad", reason: `${message} ${advice}` };
  }
}

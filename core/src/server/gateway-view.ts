import { probe } from "../hooks/account-probe.ts";
import type { GatewayReport, GatewayView, ModelExplanation } from "../hooks/gateway-view.ts";
import type { Core, Plugin } from "../hooks/plugin.ts";
import { standingOf } from "../hooks/standing.ts";
import { anonymous } from "../hooks/stages.ts";
import { defined } from "../kit/fields.ts";
import { probeIncoming } from "../request/probe-incoming.ts";
import { candidatesFor } from "./health.ts";
import { version } from "./version.ts";

/** What `PluginContext.gateway` is. */
export function gatewayView(
  core: Core,
  plugins: readonly Plugin[],
  report: () => GatewayReport,
): GatewayView {
  return {
    plugins,
    version,
    report,
    explain: (asked) => explanationOf(core, plugins, asked),
    async probe(id) {
      const account = core.pool.all.find((one) => one.id === id);
      return account === undefined ? undefined : probe(account);
    },
  };
}

/** What a model name is mapped to and why, and the accounts that would be asked. */
export async function explanationOf(
  core: Core,
  plugins: readonly Plugin[],
  asked: string,
): Promise<ModelExplanation> {
  const { model, ranked } = await candidatesFor(core, asked, {
    incoming: probeIncoming("/"),
    caller: anonymous,
  });
  // Plugins map what stands behind an account's prefix.
  const named = core.pool.target(asked).model;
  const reasons = plugins.flatMap((plugin) => {
    const reason = plugin.explain?.(named);
    return reason === undefined ? [] : [{ plugin: plugin.name, reason }];
  });
  const accounts = ranked.map((candidate) => {
    const { account, passedOver } = candidate;
    const { label, upstream } = account;
    const why = defined({ reason: passedOver?.reason, until: passedOver?.until });
    return { label, upstream: upstream.name, standing: standingOf(candidate), ...why };
  });
  return { asked, model, reasons, accounts };
}

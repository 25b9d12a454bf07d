import type { ConfigSource } from "../../config/config.ts";
import { nearestName } from "../../kit/options.ts";
import { isGood, probe } from "../../hooks/account-probe.ts";
import { accountTable } from "../check.ts";
import { withGateway } from "../loaded-gateway.ts";
import { jsonLines, type Output } from "../print.ts";

/** Probes accounts of the gateway, by label or id, or all of them. Exit code 1 where one does not work. */
export function testAccounts(
  source: ConfigSource,
  labels: readonly string[],
  { json, print }: Output,
): Promise<number> {
  return withGateway(source, async ({ core: { pool } }) => {
    const known = pool.all.flatMap(({ label, id }) => [label, id]);
    for (const label of labels) {
      if (known.includes(label)) continue;
      const near = nearestName(label, known);
      const advice = near === undefined ? "" : ` Did you mean ${JSON.stringify(near)}?`;
      throw new Error(`There is no account "${label}".${advice}`);
    }
    const meant = pool.all.filter(
      ({ label, id }) => labels.length === 0 || labels.includes(label) || labels.includes(id),
    );
    const probed = await Promise.all(meant.map(probe));
    if (json) print(jsonLines(probed));
    else if (probed.length === 0)
      print("There is no account. Add one: agproxy accounts add KIND\n");
    else print(`${accountTable(probed)}\n`);
    return probed.length > 0 && probed.every(isGood) ? 0 : 1;
  });
}

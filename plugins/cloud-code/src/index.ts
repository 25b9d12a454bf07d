import { type Account, accountIds, accountOf, definePlugin, type Plugin } from "@agproxy/core";
import { cachedModels } from "@agproxy/plugin-gemini";
import { accountAccess } from "./access.ts";
import { availableModels } from "./model-list.ts";
import { readCloudCodeOptions, warning, type CloudCodeOptions } from "./options.ts";
import { discoveredProject } from "./project.ts";
import { cloudCodeUpstream, type Private } from "./upstream.ts";

export type { CloudCodeAccount, CloudCodeOptions } from "./options.ts";

/** Accounts of Cloud Code, by OAuth. Opt-in: Google suspends accounts that are used like this. */
export function cloudCode(options: CloudCodeOptions): Plugin {
  const { accounts, baseUrl, tokenUrl } = readCloudCodeOptions(options);
  return definePlugin({
    name: "cloud-code",
    apply(agproxy) {
      agproxy.log.warn(`cloud-code: ${warning}`);
      const privates = new Map<string, Private>();
      const { hooks, http, log } = agproxy;
      const privateOf = ({ id }: Account): Private => {
        const own = privates.get(id);
        if (own === undefined) throw new Error(`cloud-code: account ${id} is not one of ours`);
        return own;
      };
      const upstream = cloudCodeUpstream(agproxy, baseUrl, privateOf);
      const idOf = accountIds("cloud-code");
      const pool = accounts.map((given, index) => {
        const { project } = given;
        const account = accountOf(given, {
          id: idOf(given.refreshToken),
          label: `cloud-code account ${index + 1}`,
          upstream,
        });
        const access = accountAccess(agproxy, given, tokenUrl);
        privates.set(account.id, {
          access,
          project:
            project === undefined
              ? discoveredProject(agproxy.http, baseUrl, account, access)
              : () => Promise.resolve(project),
        });
        return account;
      });
      agproxy.accounts(pool);
      const models = cachedModels({
        name: "cloud-code",
        log,
        accounts: pool,
        now: Date.now,
        modelsOf: (account, signal) =>
          availableModels(http, baseUrl, account, privateOf(account), signal),
      });
      hooks.listModels.tap("cloud-code", async (known) => [...known, ...(await models())]);
    },
  });
}

import {
  type Account,
  accountIds,
  accountOf,
  definePlugin,
  type Plugin,
  type PluginCommandLine,
  type PluginContext,
} from "@agproxy/core";
import { cachedModels } from "@agproxy/plugin-gemini";
import { accountAccess } from "./access.ts";
import { availableModels } from "./model-list.ts";
import {
  accountKind,
  type CloudCodeAccount,
  readCloudCodeOptions,
  warning,
  type CloudCodeOptions,
} from "./options.ts";
import { discoveredProject } from "./project.ts";
import { cloudCodeUpstream, type Private } from "./upstream.ts";

export type { CloudCodeAccount, CloudCodeOptions } from "./options.ts";

/** Accounts of Cloud Code, by OAuth. Opt-in: Google suspends accounts that are used like this. */
export function cloudCode(options: CloudCodeOptions): Plugin {
  const { accounts = [], baseUrl, tokenUrl } = readCloudCodeOptions(options);
  return definePlugin({
    name: "cloud-code",
    accountKind,
    apply(agproxy) {
      agproxy.log.warn(`cloud-code: ${warning}`);
      const privates = new WeakMap<Account, Private>();
      const { hooks, http, log } = agproxy;
      const privateOf = (account: Account): Private => {
        const own = privates.get(account);
        if (own === undefined) throw new Error(`${account.id} is no account of cloud-code`);
        return own;
      };
      const upstream = cloudCodeUpstream(agproxy, baseUrl, privateOf);
      const make = (given: CloudCodeAccount, id: string, label: string): Account => {
        const account = accountOf(given, { id, label, upstream });
        privates.set(account, privateParts(agproxy, given, account, { baseUrl, tokenUrl }));
        return account;
      };
      const idOf = accountIds("cloud-code");
      const pool = agproxy.accounts(
        accounts.map((given, index) =>
          make(given, idOf(given.refreshToken), `cloud-code account ${index + 1}`),
        ),
      );
      agproxy.filedAccounts(accountKind, (given) =>
        make(given, accountIds("cloud-code")(given.refreshToken), "cloud-code"),
      );
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

function privateParts(
  agproxy: PluginContext,
  given: CloudCodeAccount,
  account: Account,
  { baseUrl, tokenUrl }: { readonly baseUrl: string; readonly tokenUrl: string },
): Private {
  const { project } = given;
  const access = accountAccess(agproxy, given, tokenUrl);
  return {
    access,
    project:
      project === undefined
        ? discoveredProject(agproxy.http, baseUrl, account, access)
        : () => Promise.resolve(project),
  };
}

/** Runs `agproxy login`. */
export async function runLogin(line: PluginCommandLine): Promise<number> {
  const { loginCommand } = await import("./login/login-command.ts");
  return loginCommand(line);
}

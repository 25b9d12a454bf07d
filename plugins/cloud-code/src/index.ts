import {
  type Account,
  accountIds,
  accountOf,
  definePlugin,
  KnownQuotas,
  type Plugin,
  type PluginCommandLine,
  type PluginContext,
} from "@agproxy/core";
import { cachedModels, noteSpentQuotas } from "@agproxy/plugin-gemini";
import { accountAccess } from "./access.ts";
import { listedModels } from "./model-list.ts";
import {
  accountKind,
  type CloudCodeAccount,
  readCloudCodeOptions,
  warning,
  type CloudCodeOptions,
} from "./options.ts";
import { discoveredProject } from "./project.ts";
import { QuotaQuestions } from "./quota-questions.ts";
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
      const known = new KnownQuotas();
      const upstream = cloudCodeUpstream(agproxy, baseUrl, privateOf, known);
      noteSpentQuotas(hooks, "cloud-code", upstream, known);
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
      const listed = async (account: Account, signal: AbortSignal) => {
        const all = await listedModels(http, baseUrl, account, privateOf(account), signal);
        for (const quota of all.quotas) known.note(account, quota);
        return all;
      };
      const models = cachedModels({
        name: "cloud-code",
        log,
        accounts: pool,
        now: Date.now,
        modelsOf: async (account, signal) => (await listed(account, signal)).models,
      });
      const questions = new QuotaQuestions(listed, log);
      hooks.done.tap("cloud-code", ({ attempts }) => {
        for (const { account } of attempts) {
          if (account.upstream === upstream) questions.used(account);
        }
      });
      hooks.close.tap("cloud-code", () => questions.close());
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

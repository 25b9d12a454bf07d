import {
  type Account,
  accountIds,
  accountOf,
  definePlugin,
  type Plugin,
  type PluginContext,
} from "@agproxy/core";
import { cachedModels } from "@agproxy/plugin-gemini";
import { tokenAccess } from "./account-access.ts";
import { publishedModels } from "./model-list.ts";
import {
  accountKind,
  type CheckedAccount,
  readVertexOptions,
  type VertexOptions,
} from "./options.ts";
import { vertexUpstream } from "./upstream.ts";
import type { VertexAccess } from "./vertex-call.ts";

export type { VertexAccount, VertexOptions } from "./options.ts";

/** Accounts of Vertex AI. Source: https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference */
export function vertex(options: VertexOptions): Plugin {
  const { name, accounts: given, ...addresses } = readVertexOptions(options);
  return definePlugin({
    name,
    accountKind,
    apply(agproxy) {
      const { hooks, http, log } = agproxy;
      const accesses = new WeakMap<Account, VertexAccess>();
      const own = (account: Account): VertexAccess => {
        const access = accesses.get(account);
        if (access === undefined) throw new Error(`account ${account.id} is none of this plugin's`);
        return access;
      };
      const upstream = vertexUpstream(agproxy, name, own);
      const make = (each: CheckedAccount, id: string, label: string): Account => {
        const options = { quotaGroup: quotaGroupOf(each), ...each };
        const account = accountOf(options, { id, label, upstream });
        accesses.set(account, accessFor(agproxy, each, addresses));
        return account;
      };
      const idOf = accountIds(name);
      const accounts = agproxy.accounts(
        given.map((each, index) =>
          make(each, idOf(identityOf(each)), `${name} account ${index + 1}`),
        ),
      );
      agproxy.filedAccounts(accountKind, (each) =>
        make(each, accountIds(name)(identityOf(each)), name),
      );
      const models = cachedModels({
        name,
        log,
        accounts,
        now: Date.now,
        modelsOf: (account, signal) => publishedModels(http, account, own(account), signal),
      });
      hooks.listModels.tap(name, async (known) => [...known, ...(await models())]);
    },
  });
}

/** What tells an account from others. */
function identityOf({ credentials, project, location }: CheckedAccount): string {
  return JSON.stringify([credentials, project, location]);
}

/** Accounts of one project share its quota, at each place its own. */
function quotaGroupOf({ project, location }: CheckedAccount): string | undefined {
  return project === undefined ? undefined : `${project} ${location}`;
}

function accessFor(
  agproxy: PluginContext,
  account: CheckedAccount,
  addresses: { readonly baseUrl: string | undefined; readonly tokenUrl: string | undefined },
): VertexAccess {
  const { credentials, project, location, labels } = account;
  const { baseUrl, tokenUrl } = addresses;
  const proof =
    credentials.by === "key" ? { key: credentials.key } : tokenAccess(agproxy, account, tokenUrl);
  return { proof, project, location, labels, baseUrl };
}

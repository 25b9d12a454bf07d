import {
  type Account,
  accountIds,
  accountOf,
  type Candidate,
  definePlugin,
  type Model,
  type Plugin,
  servesModel,
} from "@agproxy/core";
import { ModelLists } from "./model-lists.ts";
import {
  accountKind,
  type CompatibleAccount,
  type OpenaiCompatibleOptions,
  readCompatibleOptions,
} from "./options.ts";
import { type ServerAccount, serverAccount } from "./server-account.ts";
import { compatibleUpstream } from "./upstream.ts";

export type { CompatibleAccount, OpenaiCompatibleOptions } from "./options.ts";

/**
 * Accounts on servers that speak the chat completions API: llama.cpp, Ollama, vLLM, LM Studio, OpenRouter, OpenAI itself,
 * another agproxy. Source: https://platform.openai.com/docs/api-reference/chat
 */
export function openaiCompatible(options: OpenaiCompatibleOptions = {}): Plugin {
  const { name, accounts: given } = readCompatibleOptions(options);
  return definePlugin({
    name,
    accountKind,
    apply(agproxy) {
      const { hooks, http, log } = agproxy;
      const servers = new WeakMap<Account, ServerAccount>();
      const upstream = compatibleUpstream(agproxy, name, (account) => owned(servers, account));
      const make = (options: CompatibleAccount, id: string, number?: number): Account => {
        const server = serverAccount(options);
        const label = number === undefined ? server.host : `${server.host} (${number})`;
        const account = accountOf(options, { id, label, upstream });
        servers.set(account, server);
        return account;
      };
      const idOf = accountIds(name);
      const accounts = agproxy.accounts(
        given.map((each, index) =>
          make(each, idOf(identityOf(each)), given.length === 1 ? undefined : index + 1),
        ),
      );
      agproxy.filedAccounts(accountKind, (each) => make(each, accountIds(name)(identityOf(each))));
      const lists = new ModelLists({ name, http, log, now: Date.now });

      hooks.selectAccount.tap(name, (candidates, _exchange, model) =>
        withServing(candidates, model, servers, lists),
      );
      hooks.listModels.tap(name, async (known) => {
        const more = accounts.all
          .filter(({ disabled }) => disabled !== true)
          .map((account) => modelsOf(account, owned(servers, account), lists));
        return [...known, ...(await Promise.all(more)).flat()];
      });
    },
  });
}

/** What tells an account from others. */
function identityOf({ baseUrl, key = "" }: CompatibleAccount): string {
  return `${baseUrl} ${key}`;
}

function owned(servers: WeakMap<Account, ServerAccount>, account: Account): ServerAccount {
  const server = servers.get(account);
  if (server === undefined) throw new Error(`account ${account.id} is none of this plugin's`);
  return server;
}

/** What an account may be asked for: the names it is given, or what its server lists of them. */
async function modelsOf(
  account: Account,
  server: ServerAccount,
  lists: ModelLists,
): Promise<readonly Model[]> {
  const { models } = account;
  const isNamed = models?.every((name) => !name.includes("*")) === true;
  const all = isNamed
    ? models.map((id) => ({ id, ownedBy: server.host }))
    : [...((await lists.of(account, server))?.values() ?? [])];
  return all.filter(({ id }) => servesModel(account, id));
}

/**
 * Marks accounts whose server does not list a model, as some answer for any name. Those that are given their models are not
 * asked for a list. Where nobody else is left for the model, the servers are asked all the same: they know best.
 */
async function withServing(
  candidates: readonly Candidate[],
  model: string,
  servers: WeakMap<Account, ServerAccount>,
  lists: ModelLists,
): Promise<readonly Candidate[]> {
  // No model in particular is meant where a health check asks.
  if (model === "") return candidates;
  const reason = `its server does not list ${model}`;
  // All are asked at once: one server that does not answer must not hold up the others.
  const asked = candidates.map(({ account, passedOver }) => {
    const isAsked = passedOver === undefined && account.models === undefined;
    const server = isAsked ? servers.get(account) : undefined;
    return server && lists.of(account, server);
  });
  const marked: Candidate[] = [];
  let hasListed = false;
  for (const [index, candidate] of candidates.entries()) {
    const list = asked[index];
    const models = list instanceof Promise ? await list : list;
    const isListed = models === undefined || models.has(model);
    hasListed ||= isListed && candidate.passedOver === undefined;
    marked.push(isListed ? candidate : { ...candidate, passedOver: { reason } });
  }
  return hasListed ? marked : candidates;
}

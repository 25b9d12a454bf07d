import { type Account, type Candidate, definePlugin, type Model, type Plugin } from "@agproxy/core";
import { ModelLists } from "./model-lists.ts";
import { type OpenaiCompatibleOptions, readCompatibleOptions } from "./options.ts";
import { poolAccount, type ServerAccount, serverAccount } from "./server-account.ts";
import { compatibleUpstream } from "./upstream.ts";

export type { CompatibleAccount, OpenaiCompatibleOptions } from "./options.ts";

/**
 * Accounts on servers that speak the chat completions API: llama.cpp, Ollama, vLLM, LM Studio, OpenRouter, OpenAI itself,
 * another agproxy. Source: https://platform.openai.com/docs/api-reference/chat
 */
export function openaiCompatible(options: OpenaiCompatibleOptions): Plugin {
  const { name, accounts: given } = readCompatibleOptions(options);
  return definePlugin({
    name,
    apply(agproxy) {
      const { hooks, http, log } = agproxy;
      const servers = new WeakMap<Account, ServerAccount>();
      const upstream = compatibleUpstream(agproxy, name, (account) => owned(servers, account));
      const accounts = given.map((each, index) => {
        const server = serverAccount(each);
        const label = each.label ?? labelOf(server.host, index, given.length);
        const account = poolAccount(`${name}-${index + 1}`, each, label, upstream);
        servers.set(account, server);
        return account;
      });
      agproxy.accounts(accounts);
      const lists = new ModelLists({ name, http, log, now: Date.now });

      hooks.selectAccount.tap(name, (candidates, { model }) =>
        withServing(candidates, model, servers, lists),
      );
      hooks.listModels.tap(name, async (known) => {
        const more = accounts.map((account) => lists.of(account, owned(servers, account)));
        const listed = await Promise.all(more);
        return [...known, ...listed.flatMap((models): Model[] => [...(models?.values() ?? [])])];
      });
    },
  });
}

function owned(servers: WeakMap<Account, ServerAccount>, account: Account): ServerAccount {
  const server = servers.get(account);
  if (server === undefined) throw new Error(`account ${account.id} is none of this plugin's`);
  return server;
}

function labelOf(host: string, index: number, count: number): string {
  return count === 1 ? host : `${host} (${index + 1})`;
}

/** Marks accounts whose server does not serve a model. One that lists nothing is asked for anything. */
async function withServing(
  candidates: readonly Candidate[],
  model: string,
  servers: WeakMap<Account, ServerAccount>,
  lists: ModelLists,
): Promise<readonly Candidate[]> {
  const marked: Candidate[] = [];
  for (const candidate of candidates) {
    const { account, passedOver } = candidate;
    const server = passedOver === undefined ? servers.get(account) : undefined;
    const list = server && lists.of(account, server);
    const models = list instanceof Promise ? await list : list;
    const isServed = models === undefined || models.has(model);
    marked.push(
      isServed ? candidate : { ...candidate, passedOver: { reason: `does not serve ${model}` } },
    );
  }
  return marked;
}

import { setTimeout as sleep } from "node:timers/promises";
import type { Gateway } from "../server/gateway.ts";
import { isObject } from "../kit/fields.ts";
import { mappedModel } from "../request/exchange.ts";
import type { Model } from "../vocabulary/chat.ts";
import { takesAnyone } from "./exposure.ts";
import { probeIncoming } from "../request/probe-incoming.ts";

/** A command to paste: it asks the first chat route whose protocol has an example, or else whether agproxy runs. */
export async function tryLine(gateway: Gateway, url: string): Promise<string> {
  const route = gateway.routes.find(({ protocol }) => protocol?.example !== undefined);
  if (route === undefined || gateway.core.pool.all.length === 0) return `  curl ${url}/healthz`;
  const isOpen = await takesAnyone(gateway, route.path);
  const key = isOpen ? "" : ` -H "Authorization: Bearer $AGPROXY_API_KEY"`;
  const example = await answerable(gateway, route.protocol?.example);
  // The shell ends a quoted text at an apostrophe.
  const body = JSON.stringify(example).replaceAll("'", String.raw`'\''`);
  return `  curl -N ${url}${route.path}${key} -H "Content-Type: application/json" -d '${body}'`;
}

/** The example with a model that is there: where no plugin maps names, a protocol's own may mean none. */
async function answerable({ core }: Gateway, example: unknown): Promise<unknown> {
  if (!isObject(example) || typeof example["model"] !== "string") return example;
  const asked = example["model"];
  const listed = await Promise.race([
    listedModels(core, asked),
    sleep(listLimitMs, [], unreferenced),
  ])
    // What plugins cannot tell now, such as without a network, is no reason not to start.
    .catch((): readonly Model[] => []);
  const [first] = listed;
  return first === undefined || listed.some(({ id }) => id === asked)
    ? example
    : { ...example, model: first.id };
}

/** The models that can be named, by which a name is checked that nothing maps; none where it is mapped. */
async function listedModels(core: Gateway["core"], asked: string): Promise<readonly Model[]> {
  const incoming = probeIncoming("/");
  if ((await mappedModel(core, asked, incoming)) !== asked) return [];
  return core.hooks.listModels.promise([], incoming);
}

/** Vendors are asked for their models; a start does not wait long for that. */
const listLimitMs = 1000;
const unreferenced = { ref: false };

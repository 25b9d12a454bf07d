import {
  type AgproxyError,
  definePlugin,
  type Exchange,
  type SideCalls,
  type Plugin,
} from "@agproxy/core";
import { collector } from "./collector.ts";
import { createHeldBytes } from "./held-bytes.ts";
import type { Fetched } from "./medium-fetch.ts";
import { type Link, links, withMedia } from "./links.ts";
import { type MediaFetchOptions, readMediaFetchOptions } from "./options.ts";
import { hostOf, unusable } from "./refusal.ts";

/** The plugin. `way` lets a test fetch from its own machine, which the guard refuses. */
export function createMediaFetch(
  options: MediaFetchOptions,
  way: (calls: SideCalls) => SideCalls,
): Plugin {
  const settings = readMediaFetchOptions(options);
  const byExchange = new WeakMap<Exchange, Fetched>();

  return definePlugin({
    name: "media-fetch",
    describe: () => (settings.enabled ? "links are fetched" : "links are refused"),
    apply({ hooks, sideCalls }) {
      const collect = collector(way(sideCalls), settings);
      const hold = createHeldBytes(settings.maxHeldBytes);
      hooks.done.tap("media-fetch", ({ exchange }) => byExchange.get(exchange)?.holding.release());
      hooks.transformRequest.tap("media-fetch", async (request, { exchange }) => {
        const found = links(request, settings.leave);
        const [first] = found;
        if (first === undefined) return request;
        if (!settings.enabled) throw switchedOff(first);
        // Every attempt starts from the client's request; what the first fetched is reused by the next.
        const fetched = byExchange.get(exchange) ?? {
          media: new Map(),
          bytes: 0,
          holding: hold(exchange.caller.id),
        };
        byExchange.set(exchange, fetched);
        await collect(found, fetched, exchange);
        return withMedia(request, fetched.media);
      });
    },
  });
}

function switchedOff({ param, url }: Link): AgproxyError {
  return unusable(param, `this gateway fetches no links, so ${hostOf(url)} was not asked.`);
}

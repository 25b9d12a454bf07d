import {
  createHeldBytes,
  definePlugin,
  type Exchange,
  type ExchangeChange,
  type Holding,
  type Incoming,
  type Plugin,
} from "@agproxy/core";
import { anthropicFiles } from "./anthropic-files.ts";
import { StoredFilesBusy } from "./errors.ts";
import { namesFiles, withStoredFiles } from "./named-files.ts";
import { openaiFiles } from "./openai-files.ts";
import { type FilesOptions, readFilesOptions } from "./options.ts";
import { fileRoutes } from "./routes.ts";
import { createShelf } from "./shelf.ts";

export type { FilesOptions };

/** Keeps the files that callers upload to `/v1/files`, and puts their content where a request names them by their ids. */
export function files(options: FilesOptions = {}): Plugin {
  const settings = readFilesOptions(options);
  return definePlugin({
    name: "files",
    apply(agproxy) {
      const { hooks, store } = agproxy;
      const shelf = createShelf(store, settings);
      fileRoutes(agproxy, shelf, settings, anthropicFiles, { when: isAnthropic });
      fileRoutes(agproxy, shelf, settings, openaiFiles);
      const hold = createHeldBytes(settings.maxHeldBytes, busy);
      const holdings = new WeakMap<Exchange, Holding>();
      hooks.exchange.tap("files", (exchange) =>
        namesFiles(exchange.request) ? filled(exchange) : undefined,
      );
      hooks.done.tap("files", ({ exchange }) => holdings.get(exchange)?.release());

      async function filled(exchange: Exchange): Promise<ExchangeChange> {
        const { request, caller } = exchange;
        const holding = hold(caller.id);
        holdings.set(exchange, holding);
        return { request: await withStoredFiles(request, { shelf, settings, caller, holding }) };
      }
    },
  });
}

const retryAfterMs = 2000;

function busy(): Error {
  return new StoredFilesBusy(undefined, { retryAfter: retryAfterMs });
}

/** Anthropic's clients send the version that they know, on all paths. */
function isAnthropic({ headers }: Incoming): boolean {
  return headers["anthropic-version"] !== undefined;
}

import {
  accountFile,
  exchangeRecord,
  type HookFaces,
  type Incoming,
  type PluginContext,
} from "@agproxy/core";
import type { GatewayState, Refusal, SeenExchange, Start } from "./page-api.ts";
import { Ring } from "./ring.ts";
import { isOwnPath } from "./visitors.ts";
import { Watchers } from "./watchers.ts";

/** How many exchanges and refusals a page begins with. About a kilobyte each. */
const keptExchanges = 1000;
const keptRefusals = 200;
/** How often a page is told, in milliseconds: of exchanges that are over, and of how accounts stand. */
const tellEveryMs = 200;
const lookEveryMs = 1000;
/** Of more at once, only the latest are told. */
const mostAtOnce = 500;
const refused: ReadonlySet<number> = new Set([401, 403, 429]);

/** What pages are not told yet. */
interface News {
  exchanges: SeenExchange[];
  refusals: Refusal[];
}

/** What happens in the gateway, for those who look. Of an exchange that is over a record is kept; the rest waits for a page. */
export class Live {
  readonly watchers = new Watchers();
  readonly #agproxy: Pick<PluginContext, "gateway" | "server">;
  readonly #exchanges = new Ring<SeenExchange>(keptExchanges);
  readonly #refusals = new Ring<Refusal>(keptRefusals);
  /** Requests that were refused as exchanges, which have a story. */
  readonly #failed = new WeakSet<Incoming>();
  #news: News = { exchanges: [], refusals: [] };
  #telling: NodeJS.Timeout | undefined;
  #looking: NodeJS.Timeout | undefined;
  #told = "";
  #filed: { version: string; labels: GatewayState["filed"] } = { version: "", labels: {} };

  constructor(agproxy: Pick<PluginContext, "gateway" | "server">) {
    this.#agproxy = agproxy;
  }

  follow(hooks: HookFaces): void {
    hooks.done.tap("dashboard", (summary) => {
      const time = summary.exchange.incoming.receivedAt + summary.durationMs;
      const seen = { time, ...exchangeRecord(summary) };
      this.#exchanges.add(seen);
      if (refused.has(summary.status)) this.#failed.add(summary.exchange.incoming);
      this.#tell(({ exchanges }) => exchanges.push(seen));
    });
    hooks.beforeAnswer.tap("dashboard", ({ incoming, status }) => {
      if (!refused.has(status) || isOwnPath(incoming)) return;
      const { id, method, path, remoteAddress: address } = incoming;
      const refusal = { id, time: Date.now(), address, method, path: path.slice(0, 200), status };
      // Of a chat that fails, `done` is told in the same breath.
      queueMicrotask(() => {
        if (this.#failed.has(incoming)) return;
        this.#refusals.add(refusal);
        this.#tell(({ refusals }) => refusals.push(refusal));
      });
    });
  }

  /** The stream of one page. */
  stream(signal: AbortSignal): AsyncIterable<string> {
    const start: Start = {
      state: this.#state(),
      exchanges: this.#exchanges.all(),
      refusals: this.#refusals.all(),
    };
    this.#looking ??= setInterval(() => this.look(), lookEveryMs).unref();
    return this.watchers.stream("start", start, signal);
  }

  /** Tells pages how accounts stand, where that has changed. */
  look(): void {
    if (this.watchers.size === 0) {
      clearInterval(this.#looking);
      this.#looking = undefined;
      return;
    }
    const state = this.#state();
    const text = JSON.stringify(state);
    if (text === this.#told) return;
    this.#told = text;
    this.watchers.tell("state", state);
  }

  close(): void {
    clearInterval(this.#looking);
    clearTimeout(this.#telling);
    this.watchers.close();
  }

  /** Tells pages of something soon, together with what comes until then. */
  #tell(note: (news: News) => void): void {
    if (this.watchers.size === 0) return;
    note(this.#news);
    this.#telling ??= setTimeout(() => {
      const { exchanges, refusals } = this.#news;
      this.#telling = undefined;
      this.#news = { exchanges: [], refusals: [] };
      this.watchers.tell("news", {
        exchanges: exchanges.slice(-mostAtOnce),
        refusals: refusals.slice(-mostAtOnce),
      });
    }, tellEveryMs).unref();
  }

  #state(): GatewayState {
    return { ...this.#agproxy.gateway.report(), filed: this.#labels() };
  }

  /** The file is read again only where it has changed. */
  #labels(): GatewayState["filed"] {
    const { accountsFile } = this.#agproxy.server;
    if (accountsFile === undefined) return {};
    const file = accountFile(accountsFile);
    const version = file.version();
    if (version !== this.#filed.version) {
      this.#filed = { version, labels: labelsIn(file) };
    }
    return this.#filed.labels;
  }
}

/** One that cannot be read has none that can be changed; who follows the file logs what is wrong with it. */
function labelsIn(file: ReturnType<typeof accountFile>): GatewayState["filed"] {
  try {
    return Object.fromEntries(file.read().map(({ label, kind }) => [label, kind]));
  } catch {
    return {};
  }
}

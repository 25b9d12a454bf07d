import type { Agent, Dispatcher, Pool as PoolTypes } from "undici";
import { AgproxyError } from "../errors/agproxy-error.ts";
import { timeoutError, connectionError } from "./http-error.ts";
import { isSocks, socksAgent } from "./socks-agent.ts";
import { errors, Pool, ProxyAgent } from "./undici-parts.ts";

/** Each has connections of its own. */
const maxProxies = 256;

export interface ProxyDispatchers {
  /** The dispatcher that goes through the proxy of this URL. */
  through(proxy: string): Dispatcher;
  destroy(): void;
}

/**
 * One dispatcher for each proxy. Upstreams over plain HTTP are tunnelled too: without CONNECT, an error of the proxy's would
 * be taken for the upstream's answer.
 */
export function proxyDispatchers(options: Agent.Options, connectMs: number): ProxyDispatchers {
  const dispatchers = new Map<string, Dispatcher>();

  function open(proxy: string): Dispatcher {
    if (isSocks(proxy)) return socksAgent(proxy, options, connectMs);
    return new ProxyAgent({
      ...options,
      uri: proxy,
      proxyTunnel: true,
      connectTimeout: connectMs,
      // HTTP/2 is off here as it is for direct calls.
      requestTls: { allowH2: false },
      proxyTls: { allowH2: false },
      clientFactory: (origin, given) => new ProxyPool(origin, given, connectMs),
    });
  }

  return {
    through(proxy) {
      const known = dispatchers.get(proxy);
      if (known !== undefined) return known;
      const [oldest] = dispatchers;
      if (oldest !== undefined && dispatchers.size >= maxProxies) {
        dispatchers.delete(oldest[0]);
        // Calls under way go on to their end.
        void oldest[1].close();
      }
      const made = open(proxy);
      dispatchers.set(proxy, made);
      return made;
    },
    destroy() {
      for (const dispatcher of dispatchers.values()) void dispatcher.destroy();
    },
  };
}

/** Connections to the proxy itself. A failure before the tunnel is reported as the proxy's. */
class ProxyPool extends Pool {
  readonly #host: string;

  constructor(origin: URL, options: PoolTypes.Options, connectMs: number) {
    // The proxy answers CONNECT once it has reached the upstream, so the wait counts as connecting.
    super(origin, { ...options, headersTimeout: connectMs });
    this.#host = origin.host;
  }

  override async connect(
    options: Omit<Dispatcher.ConnectOptions, "origin">,
  ): Promise<Dispatcher.ConnectData> {
    const tunnel = await super.connect(options).catch((thrown: unknown) => {
      throw this.#failure(thrown);
    });
    if (tunnel.statusCode === 200) return tunnel;
    tunnel.socket.on("error", () => {}).destroy();
    throw refusal(this.#host, tunnel.statusCode);
  }

  #failure(thrown: unknown): AgproxyError {
    const isLate =
      thrown instanceof errors.ConnectTimeoutError || thrown instanceof errors.HeadersTimeoutError;
    const name = `The proxy ${this.#host}`;
    return isLate ? timeoutError(name, "connect", thrown) : connectionError(thrown, name);
  }
}

function refusal(host: string, status: number): AgproxyError {
  const message =
    status === 407
      ? `The proxy ${host} refused the account's credentials for it (407).`
      : `The proxy ${host} opened no way to the upstream (${status}).`;
  return new AgproxyError("upstream_unreachable", message);
}

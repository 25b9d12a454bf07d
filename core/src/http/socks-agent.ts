import type { Socket } from "node:net";
import { callbackify } from "node:util";
import type { Agent as AgentTypes, buildConnector as connectorTypes } from "undici";
import { AgproxyError } from "../errors/agproxy-error.ts";
import { timeoutError } from "./http-error.ts";
import { Agent, buildConnector } from "./undici-parts.ts";

const usualPort = 1080;

/** Whether a proxy's URL is that of a SOCKS5 proxy. */
export function isSocks(proxy: string): boolean {
  return /^socks5h?:/i.test(proxy);
}

/**
 * A dispatcher whose every connection goes through a SOCKS5 proxy; there is no other way out of it. The proxy gets the
 * upstream's name and looks it up itself. Sources: RFC 1928 and RFC 1929.
 */
export function socksAgent(
  proxy: string,
  options: AgentTypes.Options,
  connectMs: number,
): AgentTypes {
  const connector = buildConnector({ allowH2: false, timeout: connectMs });
  const secured = (target: connectorTypes.Options) =>
    new Promise<Socket>((resolve, reject) => {
      connector(target, (...[error, socket]) => (error === null ? resolve(socket) : reject(error)));
    });
  const connect = async (target: connectorTypes.Options): Promise<Socket> => {
    const socket = await tunnelTo(target, proxy, connectMs).catch((thrown: unknown) => {
      throw failure(thrown, new URL(proxy).host);
    });
    return target.protocol === "https:" ? secured({ ...target, httpSocket: socket }) : socket;
  };
  const connecting = callbackify(connect);
  return new Agent({
    ...options,
    connect(target, connected) {
      // Node says null where all is well, and its types do not.
      connecting(target, (error: Error | null, socket) => {
        if (error === null) connected(null, socket);
        else connected(error, null);
      });
    },
  });
}

async function tunnelTo(
  { hostname, port, protocol }: connectorTypes.Options,
  proxy: string,
  connectMs: number,
): Promise<Socket> {
  const url = new URL(proxy);
  const { SocksClient } = await import("socks");
  const { socket } = await SocksClient.createConnection({
    command: "connect",
    proxy: {
      type: 5,
      host: bare(url.hostname),
      port: Number(url.port || usualPort),
      ...(url.username === ""
        ? {}
        : {
            userId: decodeURIComponent(url.username),
            password: decodeURIComponent(url.password),
          }),
    },
    destination: { host: bare(hostname), port: Number(port || (protocol === "https:" ? 443 : 80)) },
    timeout: connectMs,
  });
  return socket.setNoDelay(true);
}

function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, "$1");
}

/** The error without its cause: that one holds the proxy's credentials. */
function failure(thrown: unknown, host: string): AgproxyError {
  const said = thrown instanceof Error ? thrown.message : "";
  if (/timed out/i.test(said)) return timeoutError(`The proxy ${host}`, "connect");
  if (/authentication/i.test(said)) {
    return unreachable(`The proxy ${host} refused the account's credentials for it.`);
  }
  const [, why] = /rejected connection - (\w+)/.exec(said) ?? [];
  if (why !== undefined)
    return unreachable(`The proxy ${host} opened no way to the upstream (${why}).`);
  const [code = "no SOCKS5 answer"] = /\bE[A-Z]{3,}\b/.exec(said) ?? [];
  return unreachable(`The proxy ${host} could not be reached (${code}).`);
}

function unreachable(message: string): AgproxyError {
  return new AgproxyError("upstream_unreachable", message);
}

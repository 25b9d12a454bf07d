import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import type { Duplex } from "node:stream";
import { bodyText } from "./body-text.ts";
import { DirectBody } from "./direct-body.ts";
import { left } from "./errors.ts";
import type { Http, HttpRequest, HttpResponse } from "./http.ts";
import { bodyError, connectionError, late } from "./http-error.ts";
import type { Timeouts } from "./server.ts";

/** Calls straight to their host, by Node's own client and with nothing around it: this is every request's path. */
export function directHttp(timeouts: Timeouts): Http {
  const plain = punctual(new http.Agent({ keepAlive: true }), "connect", timeouts.connect);
  const secure = punctual(new https.Agent({ keepAlive: true }), "secureConnect", timeouts.connect);
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        const url = new URL(request.url);
        const isSecure = url.protocol === "https:";
        const call = (isSecure ? https : http).request({
          agent: isSecure ? secure : plain,
          host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
          port: url.port,
          path: url.pathname + url.search,
          method: request.method,
          headers: rawHeaders(url.host, request),
        });
        let body: DirectBody | undefined;
        const { signal } = request;
        const fail = (thrown: unknown) => {
          if (body === undefined) reject(connectionError(thrown, url.host));
          else body.fail(bodyError(thrown));
        };
        const leave = () => {
          const error = left(signal.reason);
          fail(error);
          call.destroy(error);
        };
        const timer = setTimeout(
          () => call.destroy(late(url.host, "response")),
          timeouts.firstByte,
        );
        signal.addEventListener("abort", leave);
        call.on("error", fail);
        call.once("close", () => {
          clearTimeout(timer);
          signal.removeEventListener("abort", leave);
        });
        call.once("response", (message) => {
          clearTimeout(timer);
          body = new DirectBody(call, message, timeouts.idle);
          resolve(response(message, body));
        });
        call.end(request.body);
      }),
    close() {
      plain.destroy();
      secure.destroy();
    },
  };
}

/** As a flat list, which Node writes as it is: an object it would copy and check name by name. */
function rawHeaders(host: string, { headers, body }: HttpRequest): string[] {
  const named: Record<string, string> = { host, "user-agent": "agproxy", ...headers };
  if (body !== undefined) named["content-length"] = String(Buffer.byteLength(body));
  const raw: string[] = [];
  for (const name in named) raw.push(name, named[name]!);
  return raw;
}

function response(message: IncomingMessage, body: DirectBody): HttpResponse {
  return {
    status: message.statusCode ?? 0,
    headers: message.headers,
    body,
    text: () => bodyText(body),
  };
}

/** Gives new connections a limit; those that are used again pay nothing for it. */
function punctual<Agent extends http.Agent>(agent: Agent, stands: string, limit: number): Agent {
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const socket = connect(options, callback);
    if (socket) limitConnect(socket, `${options.host}:${options.port}`, stands, limit);
    return socket;
  };
  return agent;
}

function limitConnect(socket: Duplex, host: string, stands: string, limit: number): void {
  const timer = setTimeout(() => socket.destroy(late(host, "connect")), limit);
  const over = () => clearTimeout(timer);
  socket.once(stands, over).once("close", over);
}

import { once } from "node:events";
import http, { type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import https from "node:https";
import got, { type Agents, type Request, type RequestFunction, TimeoutError } from "got";
import { HttpsProxyAgent } from "https-proxy-agent";
import { AgproxyError, left } from "./errors.ts";
import { publicWay } from "./public-way.ts";
import type { Timeouts } from "./server.ts";

export interface HttpRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string, not bytes: got writes strings in one go and bytes in pieces. */
  readonly body?: string;
  readonly signal: AbortSignal;
  /** URL of an HTTP proxy to go through. */
  readonly proxy?: string;
  /**
   * For a URL that somebody else chose: throws `invalid_request` where its host has any address that is not
   * on the public internet, and connects to the address that was checked. No proxy is gone through.
   */
  readonly publicOnly?: boolean;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Read once. Throws an `AgproxyError` when the connection fails or stalls. */
  readonly body: AsyncIterable<Uint8Array>;
  /** The whole body as text. */
  text(): Promise<string>;
}

/** The one outbound HTTP client. */
export interface Http {
  /** Resolves with the head of the answer, whatever its status. Throws an `AgproxyError` when there is none. */
  send(request: HttpRequest): Promise<HttpResponse>;
  /** Closes idle connections. */
  close(): void;
}

/** A whole answer is held in memory; one that is larger than this is no answer. */
const textLimit = 128 * 1024 * 1024;

/** Makes the client: got in stream mode (the promise mode costs half as much again), keep-alive, no retries of its own. */
export function createHttp(timeouts: Timeouts, outside = publicWay()): Http {
  const direct: Agents = {
    http: new http.Agent({ keepAlive: true }),
    https: new https.Agent({ keepAlive: true }),
  };
  const proxied = new Map<string, HttpsProxyAgent<string>>();
  const client = got.extend({
    agent: direct,
    decompress: false,
    followRedirect: false,
    headers: { "user-agent": "agproxy" },
    request: lean,
    retry: { limit: 0 },
    throwHttpErrors: false,
    timeout: { connect: timeouts.connect, response: timeouts.firstByte },
  });

  /** The way through a proxy; without one, the client's own. */
  function agentFor(proxy: string | undefined): Agents | undefined {
    if (proxy === undefined) return undefined;
    let agent = proxied.get(proxy);
    if (agent === undefined) {
      agent = new HttpsProxyAgent(proxy, { keepAlive: true });
      proxied.set(proxy, agent);
    }
    return { http: agent, https: agent };
  }

  return {
    async send({ url, proxy, publicOnly, signal, ...options }) {
      if (signal.aborted) throw left(signal.reason);
      if (publicOnly === true) outside.check(url);
      const agent = publicOnly === true ? outside.agents : agentFor(proxy);
      const call = client.stream(url, { ...options, ...(agent === undefined ? {} : { agent }) });
      // An error between the head and the first read has no reader yet; the read will throw it.
      call.on("error", () => {});
      const leave = () => void call.destroy(left(signal.reason));
      signal.addEventListener("abort", leave);
      call.once("close", () => signal.removeEventListener("abort", leave));
      try {
        const [head] = (await once(call, "response")) as [IncomingMessage];
        return response(call, head, timeouts.idle);
      } catch (thrown) {
        throw connectionError(thrown, url);
      }
    },
    close() {
      for (const agent of [direct.http, direct.https, ...proxied.values()]) {
        if (agent !== undefined && agent !== false) agent.destroy();
      }
    },
  };
}

/**
 * got hands over some forty options, of which this client sets these; copying the rest about is a quarter of
 * what a call costs. Time-outs are not among them: got sets those on what this returns.
 */
const lean: RequestFunction = (url, { method, headers, agent }, answered) => {
  const { request } = url.protocol === "https:" ? https : http;
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const path = url.pathname + url.search;
  return request({ host, port: url.port, path, method, headers, agent }, answered);
};

function response(call: Request, head: IncomingMessage, idle: number): HttpResponse {
  const body = readBody(call, idle);
  return {
    status: head.statusCode ?? 0,
    headers: head.headers,
    body,
    text: () => readText(body),
  };
}

/** The reads of a body. The idle limit counts only while agproxy waits for the upstream, not while the client is slow. */
function readBody(call: Request, idle: number): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]() {
      const reads = (call as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
      let waiting = false;
      const timer = setTimeout(() => {
        if (waiting) call.destroy(stalled(idle));
      }, idle);
      const arrived = (step: IteratorResult<Uint8Array>) => {
        waiting = false;
        if (step.done === true) clearTimeout(timer);
        return step;
      };
      const broke = (thrown: unknown) => {
        clearTimeout(timer);
        throw bodyError(thrown);
      };
      return {
        next() {
          waiting = true;
          timer.refresh();
          return reads.next().then(arrived, broke);
        },
        async return() {
          clearTimeout(timer);
          await reads.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}

async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const reads: Uint8Array[] = [];
  let size = 0;
  for await (const bytes of body) {
    size += bytes.byteLength;
    if (size > textLimit) {
      throw new AgproxyError(
        "upstream_unreadable",
        `The upstream's answer is over ${textLimit} bytes.`,
      );
    }
    reads.push(bytes);
  }
  return Buffer.concat(reads, size).toString("utf8");
}

function stalled(idle: number): AgproxyError {
  return new AgproxyError("upstream_timeout", `The upstream sent nothing for ${idle} ms.`);
}

/** No answer at all. Says the host, and never the rest of the URL. */
function connectionError(thrown: unknown, url: string): AgproxyError {
  if (thrown instanceof AgproxyError) return thrown;
  if (thrown instanceof Error && thrown.cause instanceof AgproxyError) return thrown.cause;
  const { host } = new URL(url);
  if (thrown instanceof TimeoutError) {
    const message = `${host} did not answer in time (${thrown.event}).`;
    return new AgproxyError("upstream_timeout", message, { cause: thrown });
  }
  const why = codeOf(thrown);
  return new AgproxyError("upstream_unreachable", `${host} could not be reached${why}.`, {
    cause: thrown,
  });
}

/** The answer began and broke off. */
function bodyError(thrown: unknown): AgproxyError {
  if (thrown instanceof AgproxyError) return thrown;
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  if (cause instanceof AgproxyError) return cause;
  const message = `The connection to the upstream broke in the middle of the answer${codeOf(thrown)}.`;
  return new AgproxyError("upstream_cut", message, { cause: thrown });
}

function codeOf(thrown: unknown): string {
  const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
  return typeof code === "string" ? ` (${code})` : "";
}

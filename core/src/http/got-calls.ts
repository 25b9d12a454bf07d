import { once } from "node:events";
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import got, { type Request, type RequestFunction, TimeoutError } from "got";
import { bodyText, type HttpResponse, type Timeouts, outgoingBody } from "./calls.ts";
import { abortError } from "../errors/agproxy-error.ts";
import { bodyError, connectionError, timeoutError, stallError } from "./http-error.ts";
import { type AddressRules, publicAgents } from "./public-agents.ts";
import type { SideCalls } from "./http.ts";

/** got in stream mode (its promise mode costs half as much again), with keep-alive and without retries. */
export function gotCalls(timeouts: Timeouts, rules?: AddressRules): SideCalls {
  const publicOnes = publicAgents(rules);
  const plain = {
    http: new http.Agent({ keepAlive: true }),
    https: new https.Agent({ keepAlive: true }),
  };
  const client = got.extend({
    agent: plain,
    decompress: false,
    followRedirect: false,
    headers: { "user-agent": "agproxy" },
    request: lean,
    retry: { limit: 0 },
    throwHttpErrors: false,
    timeout: {
      connect: timeouts.connect,
      secureConnect: timeouts.connect,
      response: timeouts.firstByte,
    },
  });

  return {
    async send({ url, method, headers = {}, body, publicOnly, signal }) {
      if (publicOnly === true) publicOnes.check(url);
      const call = client.stream(url, {
        method,
        ...(body === undefined ? { headers } : sent(headers, body)),
        ...(publicOnly === true ? { agent: publicOnes.agents(signal) } : {}),
      });
      // An error before the first read has no listener yet and would end the process; the read will throw it.
      call.on("error", () => {});
      const leave = () => void call.destroy(abortError(signal));
      signal.addEventListener("abort", leave);
      call.once("close", () => signal.removeEventListener("abort", leave));
      try {
        const [head] = (await once(call, "response")) as [IncomingMessage];
        return response(call, head, timeouts.idle);
      } catch (thrown) {
        const { host } = new URL(url);
        throw thrown instanceof TimeoutError
          ? timeoutError(host, thrown.event, thrown)
          : connectionError(thrown, host);
      }
    },
    close() {
      plain.http.destroy();
      plain.https.destroy();
    },
  };
}

/** A body with its length, which got cannot know of a stream. */
function sent(headers: Readonly<Record<string, string>>, body: string | Uint8Array) {
  const length = String(Buffer.byteLength(body));
  return { headers: { ...headers, "content-length": length }, body: outgoingBody(body) };
}

/**
 * Passes on the options that this client uses. got has some forty, and copying them all is a quarter of the cost of a call
 * (docs/decisions/0008-lean-requests.md). got sets its timeouts on the request that this returns.
 */
const lean: RequestFunction = (url, { method, headers, agent }, answered) => {
  const { request } = url.protocol === "https:" ? https : http;
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const path = url.pathname + url.search;
  return request({ host, port: url.port, path, method, headers, agent }, answered);
};

function response(call: Request, head: IncomingMessage, idleMs: number): HttpResponse {
  const body = readBody(call, idleMs);
  return {
    status: head.statusCode ?? 0,
    headers: head.headers,
    body,
    text: () => bodyText(body),
  };
}

/** The reads of a body. The idle timeout runs only while agproxy waits for the upstream, not while the client is slow. */
function readBody(call: Request, idleMs: number): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]() {
      const reads = (call as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
      let waiting = false;
      const timer = setTimeout(() => {
        if (waiting) call.destroy(stallError(idleMs));
      }, idleMs);
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

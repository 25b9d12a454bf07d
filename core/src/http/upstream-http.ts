import { remember } from "../kit/remember.ts";
import type { Http } from "./http.ts";
import { type HttpResponse, outgoingBody, type Timeouts } from "./calls.ts";
import { proxyDispatchers } from "./proxy-dispatchers.ts";
import { Agent } from "./undici-parts.ts";
import { UpstreamCall } from "./upstream-call.ts";

/** How long an idle connection is kept where the server does not say. */
const keepAliveMs = 60_000;

/** Upstreams have a few URLs for each model. */
const maxCachedUrls = 256;

/** Calls to upstreams on undici's dispatchers, without its `fetch` or `request`, because every request pays for it. */
export function upstreamHttp(timeouts: Timeouts): Http {
  const options = {
    // HTTP/2 gains nothing: upstreams put each event into a record of its own.
    allowH2: false,
    bodyTimeout: timeouts.idle,
    headersTimeout: timeouts.firstByte,
    keepAliveTimeout: keepAliveMs,
  };
  const direct = new Agent({ ...options, connect: { timeout: timeouts.connect } });
  const proxied = proxyDispatchers(options, timeouts.connect);
  const target = remember(maxCachedUrls, (url) => {
    const { origin, host, pathname, search } = new URL(url);
    return { origin, host, path: pathname + search, hasAnswered: false };
  });
  return {
    send({ url, method, headers = {}, body, proxy, signal }) {
      const known = target(url);
      const { origin, host, path, hasAnswered } = known;
      return new Promise((resolve, failed) => {
        const answered = noting(known, resolve);
        const dispatcher = proxy === undefined ? direct : proxied.through(proxy);
        const call = new UpstreamCall(
          { answered, failed },
          host,
          timeouts.idle,
          signal,
          hasAnswered,
        );
        dispatcher.dispatch(
          {
            origin,
            path,
            method,
            headers: { ...headers, "user-agent": headers["user-agent"] ?? "agproxy" },
            body: body === undefined ? null : outgoingBody(body),
          },
          call,
        );
      });
    },
    close() {
      void direct.destroy();
      proxied.destroy();
    },
  };
}

/**
 * Notes that a host has answered. A function of its own: a closure inside `send` would hold the body of the request for as
 * long as the upstream thinks.
 */
function noting(host: { hasAnswered: boolean }, resolve: (response: HttpResponse) => void) {
  return (response: HttpResponse): void => {
    host.hasAnswered = true;
    resolve(response);
  };
}

import { Agent } from "undici";
import { remember } from "../kit/remember.ts";
import type { Http } from "./http.ts";
import { outgoingBody, type Timeouts } from "./calls.ts";
import { proxyDispatchers } from "./proxy-dispatchers.ts";
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
    return { origin, host, path: pathname + search };
  });
  return {
    send({ url, method, headers = {}, body, proxy, signal }) {
      const { origin, host, path } = target(url);
      return new Promise((answered, failed) => {
        const dispatcher = proxy === undefined ? direct : proxied.through(proxy);
        const call = new UpstreamCall({ answered, failed }, host, timeouts.idle, signal);
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

import { Agent } from "undici";
import { DirectCall } from "./direct-call.ts";
import type { Http } from "./http.ts";
import { outgoingBody } from "./outgoing-body.ts";
import { remember } from "../kit/remember.ts";
import type { Timeouts } from "./timeouts.ts";

/** How long an idle connection is kept where the server does not say, in milliseconds. */
const keepAlive = 60_000;

/** Of how many URLs the parts are remembered: an upstream has a few for each model. */
const mostTargets = 256;

/** Calls straight to their host, by undici's dispatcher and with nothing around it: this is every request's path. */
export function directHttp(timeouts: Timeouts): Http {
  const agent = new Agent({
    // Upstreams put each event into a record of its own: HTTP/2 brings nothing.
    allowH2: false,
    bodyTimeout: timeouts.idle,
    connect: { timeout: timeouts.connect },
    headersTimeout: timeouts.firstByte,
    keepAliveTimeout: keepAlive,
  });
  const target = remember(mostTargets, (url) => {
    const { origin, host, pathname, search } = new URL(url);
    return { origin, host, path: pathname + search };
  });
  return {
    send({ url, method, headers = {}, body, signal }) {
      const { origin, host, path } = target(url);
      return new Promise((answered, failed) => {
        const call = new DirectCall({ answered, failed }, host, timeouts.idle, signal);
        agent.dispatch(
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
    close: () => void agent.destroy(),
  };
}

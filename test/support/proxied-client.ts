import assert from "node:assert/strict";
import { AgproxyError } from "../../core/src/errors/agproxy-error.ts";
import type { Http } from "../../core/src/http/http.ts";
import { upstreamHttp } from "../../core/src/http/upstream-http.ts";

export const patient = { connect: 5000, firstByte: 5000, idle: 5000 };
export const never = new AbortController().signal;

/** The client that calls upstreams, to be closed by `using`. */
export function client(timeouts = patient): Http & Disposable {
  const http = upstreamHttp(timeouts);
  return { ...http, [Symbol.dispose]: () => http.close() };
}

/** The error of a call through a proxy, which must fail. */
export function failureOf(http: Http, url: string, proxy: string): Promise<AgproxyError> {
  return http.send({ method: "POST", url, body: "{}", signal: never, proxy }).then(
    () => assert.fail("it did not fail"),
    (error: unknown) => {
      assert.ok(error instanceof AgproxyError, String(error));
      return error;
    },
  );
}

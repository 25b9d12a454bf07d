import type { IncomingHttpHeaders } from "node:http";
import { left } from "../errors/agproxy-error.ts";
import type { AddressRules } from "./public-way.ts";
import type { Timeouts } from "./timeouts.ts";

export interface HttpRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
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

/** An outbound HTTP client. None retries or follows redirects; both are the caller's. */
export interface Http {
  /** Resolves with the head of the answer, whatever its status. Throws an `AgproxyError` when there is none. */
  send(request: HttpRequest): Promise<HttpResponse>;
  /** Closes idle connections. */
  close(): void;
}

/**
 * The one outbound client: got, and beside it a lean engine for what every request pays, a call straight to
 * an upstream. See docs/decisions/0009-direct-calls.md. Each is loaded when it is first needed, as that
 * is a quarter of the start.
 */
export function createHttp(timeouts: Timeouts, rules?: AddressRules): Http {
  const direct = lazy(async () => (await import("./direct-http.ts")).directHttp(timeouts));
  const detour = lazy(async () => (await import("./got-http.ts")).gotHttp(timeouts, rules));
  return {
    send(request) {
      const isDirect = request.proxy === undefined && request.publicOnly !== true;
      return (isDirect ? direct : detour).send(request);
    },
    close() {
      direct.close();
      detour.close();
    },
  };
}

/** An engine that is loaded with its first call. */
function lazy(load: () => Promise<Http>): Http {
  let loading: Promise<Http> | undefined;
  let engine: Http | undefined;
  const first = async (request: HttpRequest): Promise<HttpResponse> => {
    engine = await (loading ??= load());
    return send(request);
  };
  const send = (request: HttpRequest): Promise<HttpResponse> => {
    if (engine === undefined) return first(request);
    if (request.signal.aborted) return Promise.reject(left(request.signal.reason));
    return engine.send(request);
  };
  return { send, close: () => engine?.close() };
}

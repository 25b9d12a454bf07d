import { left } from "../errors/agproxy-error.ts";
import type { Calls, HttpResponse, PlainRequest } from "./calls.ts";

/** An engine that is loaded with its first call. */
export function lazyCalls<Request extends PlainRequest>(
  load: () => Promise<Calls<Request>>,
): Calls<Request> {
  let loading: Promise<Calls<Request>> | undefined;
  let engine: Calls<Request> | undefined;
  const first = async (request: Request): Promise<HttpResponse> => {
    engine = await (loading ??= load());
    return send(request);
  };
  const send = (request: Request): Promise<HttpResponse> => {
    if (engine === undefined) return first(request);
    if (request.signal.aborted) return Promise.reject(left(request.signal.reason));
    return engine.send(request);
  };
  return { send, close: () => engine?.close() };
}

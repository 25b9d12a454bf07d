import type { IncomingHttpHeaders } from "node:http";

export interface PlainRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly signal: AbortSignal;
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
export interface Calls<Request> {
  /** Resolves with the head of the answer, whatever its status. Throws an `AgproxyError` when there is none. */
  send(request: Request): Promise<HttpResponse>;
  /** Closes idle connections. */
  close(): void;
}

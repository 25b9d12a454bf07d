import type { Duplex } from "node:stream";
import { AgproxyError, errorBody } from "../errors/agproxy-error.ts";
import type { Log } from "../hooks/plugin.ts";

// As CommonJS, for a quick start: docs/decisions/0010-bundled-packages.md.
const { maxHeaderSize, STATUS_CODES } = process.getBuiltinModule("node:http");

/** Node's error about bytes that are no request. */
export interface Unreadable extends Error {
  readonly code?: string;
  /** The bytes, where Node's parser could not read them. */
  readonly rawPacket?: Buffer;
}

/** What Node's sockets have beside a stream's: the address, and the answer that is under way. */
interface Answering {
  readonly remoteAddress?: string | undefined;
  readonly _httpMessage?: { readonly headersSent: boolean } | null;
}

/** Answers bytes that are no request with an error, and closes the connection. */
export function refuseUnreadable(thrown: Unreadable, socket: Duplex & Answering, log: Log): void {
  // The client has left, or an answer is under way and must not be written into.
  if (!socket.writable || socket._httpMessage?.headersSent === true) {
    socket.destroy();
    return;
  }
  const error = refusal(thrown);
  const { status, code, message } = error;
  const address = socket.remoteAddress;
  log.info({ address, status, error: code, reason: message, cause: thrown.code }, "refused");
  refuseOn(socket, error);
}

function refusal({ code, rawPacket }: Unreadable): AgproxyError {
  if (code === "HPE_HEADER_OVERFLOW") {
    const message = `The request's headers are larger than ${maxHeaderSize} bytes.`;
    const advice = "Send fewer headers; cookies of other programs on this host count too.";
    return new AgproxyError("unreadable_request", message, { status: 431, advice });
  }
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") {
    const message = "The request did not arrive in time.";
    const advice = "The headers must arrive within one minute, all of it within five.";
    return new AgproxyError("unreadable_request", message, { status: 408, advice });
  }
  if (rawPacket?.[0] === tlsHandshake) {
    const message = "The client speaks TLS, and agproxy does not here.";
    const advice =
      "Set its base URL to one that begins with http://, or give agproxy a certificate with `tls`.";
    return new AgproxyError("unreadable_request", message, { advice });
  }
  return new AgproxyError("unreadable_request");
}

/** The first byte of a TLS connection. Source: https://www.rfc-editor.org/rfc/rfc8446#section-5.1 */
const tlsHandshake = 22;

/** Writes an error on a socket that has no HTTP response, and closes the connection. */
export function refuseOn(socket: Duplex, error: AgproxyError): void {
  const body = JSON.stringify(errorBody(error));
  const upgrade = error.status === 426 ? "Upgrade: HTTP/1.1\r\n" : "";
  const { retryAfter } = error;
  const wait = retryAfter === undefined ? "" : `Retry-After: ${Math.ceil(retryAfter / 1000)}\r\n`;
  socket.end(
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? "Error"}\r\n` +
      "Content-Type: application/json; charset=utf-8\r\n" +
      `Content-Length: ${Buffer.byteLength(body)}\r\n${upgrade}${wait}Connection: close\r\n\r\n${body}`,
  );
}

import type { Duplex } from "node:stream";
import { errorBody } from "../errors/error-body.ts";
import type { AgproxyError } from "../errors/agproxy-error.ts";
import { STATUS_CODES } from "../http/node-http.ts";

/** Answers an error on a bare socket, where there is no response to write to, and closes the connection. */
export function refuseOn(socket: Duplex, error: AgproxyError): void {
  const body = JSON.stringify(errorBody(error));
  const upgrade = error.status === 426 ? "Upgrade: HTTP/1.1\r\n" : "";
  socket.end(
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? "Error"}\r\n` +
      "Content-Type: application/json; charset=utf-8\r\n" +
      `Content-Length: ${Buffer.byteLength(body)}\r\n${upgrade}Connection: close\r\n\r\n${body}`,
  );
}

import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { AgproxyError } from "./errors.ts";
import { plainError } from "./gate.ts";

/**
 * Answers an upgrade with 426: the one status at which clients that open a WebSocket first fall back to
 * HTTP at once. Others make them retry, or give up.
 */
export function refuseUpgrade(_request: IncomingMessage, socket: Duplex): void {
  const error = new AgproxyError("upgrade_required");
  const body = JSON.stringify(plainError(error));
  socket.on("error", () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${error.status} Upgrade Required\r\n` +
      "Content-Type: application/json; charset=utf-8\r\n" +
      `Content-Length: ${Buffer.byteLength(body)}\r\nUpgrade: HTTP/1.1\r\nConnection: close\r\n\r\n${body}`,
  );
}

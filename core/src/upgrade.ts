import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { arrival } from "./arrival.ts";
import type { Core } from "./core.ts";
import { errorBody } from "./error-body.ts";
import { AgproxyError } from "./errors.ts";
import { authenticate, check } from "./gate.ts";
import type { Paths } from "./paths.ts";
import type { Upgrade } from "./plugin.ts";
import type { Caller, Incoming } from "./stages.ts";
import { STATUS_CODES } from "./node-http.ts";

/** Who takes upgrades, by path. */
export type Takers = ReadonlyMap<string, (upgrade: Upgrade) => void | Promise<void>>;

/**
 * Lets an upgrade pass the gate and hands it to its taker. Without one the answer is 426: the one status at
 * which clients that open a WebSocket first fall back to HTTP at once. Others make them retry, or give up.
 */
export function upgrades(core: Core, paths: Paths, takers: Takers) {
  return (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on("error", () => socket.destroy());
    const [target = "/", search = ""] = (request.url ?? "/").split("?", 2);
    const path = paths.normalise(target);
    const take = takers.get(path);
    if (take === undefined) {
      refuse(socket, new AgproxyError("upgrade_required"));
      return;
    }
    const abort = new AbortController();
    socket.once("close", () => abort.abort());
    const incoming = arrival(request, path, search, abort.signal, () => {});
    admit(core, incoming)
      .then((caller) => take({ incoming, caller, request, socket, head }))
      .catch((thrown: unknown) => refuse(socket, AgproxyError.from(thrown)));
  };
}

async function admit(core: Core, incoming: Incoming): Promise<Caller> {
  await check(core, incoming);
  return authenticate(core, incoming);
}

function refuse(socket: Duplex, error: AgproxyError): void {
  const body = JSON.stringify(errorBody(error));
  const upgrade = error.status === 426 ? "Upgrade: HTTP/1.1\r\n" : "";
  socket.end(
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? "Error"}\r\n` +
      "Content-Type: application/json; charset=utf-8\r\n" +
      `Content-Length: ${Buffer.byteLength(body)}\r\n${upgrade}Connection: close\r\n\r\n${body}`,
  );
}

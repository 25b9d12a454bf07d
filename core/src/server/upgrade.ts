import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { newIncoming, authenticate, check, report, requestFault } from "../request/gate.ts";
import type { Core } from "../hooks/plugin.ts";
import { AgproxyError } from "../errors/agproxy-error.ts";
import { type CallerLoads, Ticket } from "../request/caller-loads.ts";
import type { OpenRequests } from "../request/time-limits.ts";
import type { Paths } from "../request/paths.ts";
import type { SenderOf } from "../request/sender.ts";
import type { Upgrade } from "../hooks/route.ts";
import { refuseOn } from "./socket-refusal.ts";
import type { Caller, Incoming } from "../hooks/stages.ts";

/** The plugins' functions that take upgrades, by path. */
export type Takers = ReadonlyMap<string, (upgrade: Upgrade) => void | Promise<void>>;

/**
 * Sends an upgrade through the gate and gives it to the plugin that takes it. Without one the answer is 426: clients that
 * try a WebSocket first then use HTTP at once, while other statuses make them retry or give up.
 */
export function upgrades(
  core: Core,
  paths: Paths,
  takers: Takers,
  open: OpenRequests,
  loads: CallerLoads,
  senderOf: SenderOf,
) {
  return (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on("error", () => socket.destroy());
    const fault = requestFault(request);
    if (fault !== undefined) return refuseOn(socket, fault);
    const url = request.url ?? "/";
    const mark = url.indexOf("?");
    const path = paths.normalise(mark === -1 ? url : url.slice(0, mark));
    const search = mark === -1 ? "" : url.slice(mark + 1);
    const take = takers.get(path);
    if (take === undefined) {
      refuseOn(socket, new AgproxyError("upgrade_required"));
      return;
    }
    const own = open.open();
    const { abort } = own;
    const ticket = new Ticket(loads, "sockets");
    socket.once("close", () => {
      open.close(own);
      ticket.leave();
      abort.abort();
    });
    const sender = senderOf(request);
    const { signal } = abort;
    const incoming = newIncoming({ message: request, sender, path, search, signal }, () => {});
    admit(core, incoming)
      .then((caller) => {
        ticket.enter(caller);
        const message = () => {
          const own = new Ticket(loads, "messages");
          own.enter(caller);
          return own;
        };
        return take({ incoming, caller, request, socket, head, message });
      })
      .catch((thrown: unknown) => {
        const error = AgproxyError.from(thrown);
        report(core, incoming, error);
        refuseOn(socket, error);
      });
  };
}

async function admit(core: Core, incoming: Incoming): Promise<Caller> {
  await check(core, incoming);
  return authenticate(core, incoming);
}

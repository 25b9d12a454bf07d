import type { Hooks } from "./hooks.ts";
import type { Log } from "./log.ts";
import type { Server } from "./server.ts";
import type { Account } from "./stages.ts";

/** What the life of a request needs: fixed once the plugins are applied. */
export interface Core {
  readonly hooks: Hooks;
  readonly accounts: readonly Account[];
  readonly server: Server;
  readonly log: Log;
}

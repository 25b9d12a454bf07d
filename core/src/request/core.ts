import type { Hooks } from "../hooks/hooks.ts";
import type { Log } from "../kit/log.ts";
import type { ServerSettings } from "../hooks/server-settings.ts";
import type { Account } from "../hooks/stages.ts";

/** What the life of a request needs: fixed once the plugins are applied. */
export interface Core {
  readonly hooks: Hooks;
  readonly accounts: readonly Account[];
  readonly server: ServerSettings;
  readonly log: Log;
}

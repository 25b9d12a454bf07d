import type { Logger } from "pino";
import { type ConfigSource, type LoadedConfig, loadConfig } from "../config/config.ts";
import { FreshModules } from "../config/fresh-modules.ts";
import type { Log } from "../hooks/plugin.ts";
import type { ServerSettings } from "../hooks/server-settings.ts";
import { createGateway, type Gateway } from "../server/gateway.ts";
import type { RunningGateway } from "../server/running-gateway.ts";
import type { EnvFile } from "./env-file.ts";
import { refuseUnguarded, warningsOf } from "./exposure.ts";
import { reasonOf } from "./print.ts";

/** What reloads need. */
export interface ReloadParts {
  readonly gateway: RunningGateway;
  /** Where the config comes from, with the environment as it is now. */
  readonly source: () => ConfigSource;
  readonly envFile: EnvFile | undefined;
  readonly log: Log & Pick<Logger, "level">;
  /** Before the files are read. */
  readonly before: () => Promise<void>;
  /** After it, whatever became of it. */
  readonly after: () => Promise<void>;
  /** Tells people why the old config stays. */
  readonly complain: (thrown: unknown) => void;
}

/** Puts new gateways in the place of the running one, one after the other. */
export class Reload {
  readonly #parts: ReloadParts;
  #running: Promise<void> | undefined;
  /** Why another one is to follow. */
  #next: string | undefined;
  #isStopped = false;

  constructor(parts: ReloadParts) {
    this.#parts = parts;
  }

  /** Reloads, or does so again after the reload under way. Resolves once nothing is left to do; never rejects. */
  ask(reason: string): Promise<void> {
    this.#next = reason;
    return (this.#running ??= this.#all().finally(() => (this.#running = undefined)));
  }

  /** No gateway is put in place any more. */
  stop(): void {
    this.#isStopped = true;
  }

  async #all(): Promise<void> {
    while (this.#next !== undefined && !this.#isStopped) {
      const reason = this.#next;
      this.#next = undefined;
      await this.#once(reason);
    }
  }

  async #once(reason: string): Promise<void> {
    const { envFile, log, before, after, complain } = this.#parts;
    let takeBack: (() => void) | undefined;
    try {
      await before();
      takeBack = envFile?.read();
      await this.#replace(reason);
    } catch (thrown) {
      takeBack?.();
      // Its lines in the config are for people, who are told them by `complain`.
      const error = reasonOf(thrown).replace(/\n{2}[^]*/, "");
      log.error({ reason, error }, "not reloaded: the old configuration stays");
      complain(thrown);
    }
    await after();
  }

  async #replace(reason: string): Promise<void> {
    const { gateway: running, source, log } = this.#parts;
    const last = running.current;
    const config = await loadConfig(source(), new FreshModules().importFile);
    const { server, fixed } = settled(last.core.server, config.server);
    const next = await createGateway(server, config.plugins, log, last.carried);
    try {
      refuseUnguarded(next);
      await this.#warn(last, next);
    } catch (thrown) {
      await next.close("it was not put in place");
      throw thrown;
    }
    if (this.#isStopped) return next.close("agproxy stops");
    running.replace(next);
    log.level = server.logLevel;
    log.info({ reason, ...told(config, next) }, "reloaded");
    if (fixed.length > 0) {
      log.warn({ settings: fixed }, `a change of ${fixed.join(", ")} takes a restart`);
    }
  }

  /** Logs the warnings that are new. */
  async #warn(last: Gateway, next: Gateway): Promise<void> {
    const known = new Set(await warningsOf(last));
    for (const warning of await warningsOf(next)) {
      if (!known.has(warning)) this.#parts.log.warn(warning);
    }
  }
}

function told({ file, plugins }: LoadedConfig, { core }: Gateway) {
  return { config: file, plugins: plugins.length, accounts: core.pool.all.length };
}

/** What a listener that listens cannot change. */
const fixedSettings = ["host", "port", "allowLanAccess"] as const;

/** The new settings with what cannot change as it was, and the names of what the config would have changed. */
function settled(last: ServerSettings, next: ServerSettings) {
  const fixed: string[] = fixedSettings.filter((name) => next[name] !== last[name]);
  const { host, port, allowLanAccess } = last;
  const server = { ...next, host, port, allowLanAccess };
  const { tls: _tls, ...withoutTls } = server;
  if ((last.tls === undefined) === (next.tls === undefined)) return { server, fixed };
  fixed.push("tls");
  return { server: last.tls === undefined ? withoutTls : { ...server, tls: last.tls }, fixed };
}

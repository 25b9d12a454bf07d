import { ConfigError } from "../config/settings.ts";
import { loadConfig, type ConfigSource, watchedFiles } from "../config/config.ts";
import { createGateway } from "../server/gateway.ts";
import { RunningGateway } from "../server/running-gateway.ts";
import { banner } from "./banner.ts";
import { refuseUnguarded } from "./exposure.ts";
import type { EnvFile } from "./env-file.ts";
import { FileWatch } from "./file-watch.ts";
import { type LogOutput, type LogPlace, logOutput, reopened } from "./log-output.ts";
import { openControl } from "./control-socket.ts";
import { statusOf } from "./gateway-status.ts";
import { type Print, reasonOf } from "./print.ts";
import { Reload } from "./reload.ts";
import { onHangUp, untilSignal, untilTerminated, untilTooManyDefects } from "./stop-reasons.ts";
import { type WorkerProcess, workerProcess } from "./worker-process.ts";

/** How a gateway is started. */
export interface StartOptions {
  /** Where the config comes from, with the environment as it is now. */
  readonly source: () => ConfigSource;
  readonly envFile: EnvFile | undefined;
  /** Whether a change of the config, or of what it depends on, is applied at once. */
  readonly watch: boolean;
  readonly logPlace: Omit<LogPlace, "worker">;
  readonly warn: Print;
}

/**
 * `agproxy start`: runs the gateway until SIGINT or SIGTERM; SIGHUP reloads. Exit code 0 after a clean stop, 1 after too many
 * defects.
 */
export async function start(options: StartOptions): Promise<number> {
  const worker = workerProcess();
  try {
    return await run(options, worker);
  } catch (thrown) {
    await worker?.leave();
    throw thrown;
  }
}

async function run(options: StartOptions, worker: WorkerProcess | undefined): Promise<number> {
  const hangUp = onHangUp();
  const readAt = Date.now();
  const config = await loadConfig(options.source());
  const place = { ...options.logPlace, worker: worker?.number };
  const { log, reopen } = logOutput(config.server.logLevel, place);
  const signalled = worker === undefined ? [untilSignal()] : [untilTerminated(), worker.stopped];
  const stopped = Promise.race([...signalled, hangUp.closed, untilTooManyDefects(log)]);
  const first = await createGateway(config.server, config.plugins, log);
  const gateway = new RunningGateway(first, log);
  const url = await listen(gateway);
  const closeControl = await openControl(url, { "/status": () => statusOf(gateway, url) }, log);
  if (worker?.printsBanner !== false) options.warn(await banner(first, url, config.file));
  const reloads = await reloading(options, gateway, log, readAt);
  const reload = () => {
    reopened(reopen, log);
    void reloads.ask("SIGHUP");
  };
  hangUp.reload(reload);
  worker?.onReload(reload);
  worker?.ready();
  const { reason, exitCode } = await stopped;
  reloads.stop();
  const closed = gateway.close(reason);
  // Only now is it true.
  log.info({ reason }, "stopping: no new requests, open streams may finish");
  await closed;
  await closeControl();
  // A timer or a socket that a plugin left open must not keep a stopped gateway alive.
  setTimeout(() => process.exit(exitCode), lingerMs).unref();
  return exitCode;
}

async function reloading(
  { source, envFile, watch, warn }: StartOptions,
  gateway: RunningGateway,
  log: LogOutput["log"],
  readAt: number,
) {
  const files = new FileWatch(log, readAt, () => void reloads.ask("a file has changed"));
  const follow = () =>
    files.follow([
      ...watchedFiles(source()),
      ...(envFile === undefined ? [] : [envFile.path]),
      ...Object.values(gateway.current.core.server.tls ?? {}),
    ]);
  const reloads = new Reload({
    gateway,
    source,
    envFile,
    log,
    before: () => files.refresh(),
    after: watch ? follow : async () => {},
    complain: (thrown) =>
      warn(`agproxy: not reloaded, the old configuration stays.\n${reasonOf(thrown)}\n`),
  });
  if (watch) await follow();
  return {
    ask: (reason: string) => reloads.ask(reason),
    stop() {
      files.close();
      reloads.stop();
    },
  };
}

const lingerMs = 500;

async function listen(gateway: RunningGateway): Promise<string> {
  const { host, port } = gateway.current.core.server;
  try {
    refuseUnguarded(gateway.current);
    return await gateway.listen();
  } catch (thrown) {
    await gateway.close("it could not listen");
    const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
    if (code === "EADDRINUSE") {
      throw new ConfigError(
        `Port ${port} on ${host} is taken. Is agproxy running already? If not, choose another port with --port.`,
      );
    }
    if (code === "EACCES" || code === "EADDRNOTAVAIL" || code === "ENOTFOUND") {
      throw new ConfigError(
        `agproxy cannot listen on ${host}:${port} (${code}). Choose another address with --host and --port.`,
      );
    }
    throw thrown;
  }
}

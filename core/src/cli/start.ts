import { ConfigError } from "../config/settings.ts";
import { loadConfig, type ConfigSource } from "../config/config.ts";
import type { Log } from "../hooks/plugin.ts";
import { createGateway } from "../server/gateway.ts";
import { RunningGateway } from "../server/running-gateway.ts";
import { banner } from "./banner.ts";
import { refuseUnguarded } from "./exposure.ts";
import { logOutput } from "./log-output.ts";
import { harmless } from "./terminal.ts";

/** `agproxy start`: runs the gateway until SIGINT or SIGTERM. Exit code 0 after a clean stop, 1 after too many defects. */
export async function start(source: ConfigSource): Promise<number> {
  const config = await loadConfig(source);
  const log = logOutput(config.server.logLevel);
  const stopped = Promise.race([untilSignal(), untilTooManyDefects(log)]);
  const first = await createGateway(config.server, config.plugins, log);
  const gateway = new RunningGateway(first, log);
  const url = await listen(gateway);
  process.stdout.write(harmless(await banner(first, url, config.file)));
  const { reason, exitCode } = await stopped;
  log.info({ reason }, "stopping: no new requests, open streams may finish");
  await gateway.close(reason);
  // A timer or a socket that a plugin left open must not keep a stopped gateway alive.
  setTimeout(() => process.exit(exitCode), lingerMs).unref();
  return exitCode;
}

const lingerMs = 500;

/** Why the gateway stops, and what the process says of it. */
interface Stop {
  readonly reason: string;
  readonly exitCode: number;
}

/** More uncaught exceptions than this within a minute are a defect that does not mend itself. */
const maxDefectsPerMinute = 10;

/**
 * Keeps defects of plugins from ending every open stream: a promise that failed and that nobody waited for, and an
 * exception in a timer or an event listener. Each is logged with its stack. Resolves where exceptions become too many.
 */
function untilTooManyDefects(log: Log): Promise<Stop> {
  process.on("unhandledRejection", (reason) => {
    log.error({ err: asError(reason) }, "a promise failed that nobody waited for; agproxy goes on");
  });
  return new Promise((resolve) => {
    const times: number[] = [];
    process.on("uncaughtException", (error) => {
      log.error({ err: asError(error) }, "an exception that nobody caught; agproxy goes on");
      const now = Date.now();
      times.push(now);
      if (times.length > maxDefectsPerMinute && now - (times.shift() ?? now) < 60_000) {
        resolve({ reason: "too many uncaught exceptions", exitCode: 1 });
      }
    });
  });
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

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

/** Resolves with the first signal, which asks for a clean stop. A second one ends the process at once. */
function untilSignal(): Promise<Stop> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.on(signal, () => {
        resolve({ reason: signal, exitCode: 0 });
        process.once(signal, () => process.exit(130));
      });
    }
  });
}

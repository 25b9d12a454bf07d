import { ConfigError } from "../config/settings.ts";
import { loadConfig, type ConfigSource } from "../config/config.ts";
import { createGateway, type Gateway } from "../server/gateway.ts";
import { banner } from "./banner.ts";
import { refuseUnguarded } from "./exposure.ts";
import { logOutput } from "./log-output.ts";
import { harmless } from "./terminal.ts";

/** `agproxy start`: runs the gateway until SIGINT or SIGTERM. Exit code 0 after a clean stop. */
export async function start(source: ConfigSource): Promise<number> {
  const config = await loadConfig(source);
  const log = logOutput(config.server.logLevel);
  const gateway = await createGateway(config.server, config.plugins, log);
  const stopped = untilSignal();
  const url = await listen(gateway);
  process.stdout.write(harmless(await banner(gateway, url, config.file)));
  const signal = await stopped;
  log.info({ signal }, "stopping: no new requests, open streams may finish");
  await gateway.close(signal);
  return 0;
}

async function listen(gateway: Gateway): Promise<string> {
  const { host, port } = gateway.core.server;
  try {
    refuseUnguarded(gateway);
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
function untilSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.on(signal, () => {
        resolve(signal);
        process.once(signal, () => process.exit(130));
      });
    }
  });
}

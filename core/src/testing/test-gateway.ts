import { pino } from "pino";
import type { Plugin } from "../hooks/plugin.ts";
import { defaults, type ServerSettings } from "../hooks/server-settings.ts";
import { createGateway } from "../server/gateway.ts";
import { RunningGateway } from "../server/running-gateway.ts";
import { injectRequest, type TestAnswer, type TestRequest } from "./injected-request.ts";

/** A gateway without a port. `await using` closes it. */
export interface OpenGateway extends AsyncDisposable {
  /**
   * Sends one request straight into the gateway, over a connection in memory, and reads its answer to the end. Rejects where
   * the answer breaks off, the client leaves, or the gateway closes.
   *
   * @example
   * const { status, json } = await gateway.inject({ path: "/chat", body: { model: "m" } });
   */
  inject(request: TestRequest): Promise<TestAnswer>;
  /** The lines of the log so far, parsed. */
  readonly log: readonly LogLine[];
  close(): Promise<void>;
}

/** A gateway that listens. `await using` closes it. */
export interface TestGateway extends OpenGateway {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
}

/** One line of the log. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly msg?: string };

type GatewayOptions = Partial<ServerSettings> & { readonly plugins: readonly Plugin[] };

/**
 * A gateway that takes requests by `inject` alone: nothing leaves the process. Default of `logLevel`: `debug`; of `drain`: one
 * second. What a plugin's `apply` throws, it throws.
 *
 * @example
 * const upstream = scriptedUpstream("hello");
 * await using gateway = await openGateway({ plugins: [plainChat(), shout, upstream.plugin] });
 * const answer = await gateway.inject({ path: "/chat", body: { model: "LOUD" } });
 */
export async function openGateway(options: GatewayOptions): Promise<OpenGateway> {
  return opened(await gatewayOf(options));
}

/**
 * A gateway on a free loopback port, for real clients. Otherwise like `openGateway`.
 *
 * @example
 * const upstream = scriptedUpstream("hello");
 * await using gateway = await startGateway({ plugins: [shout, upstream.plugin] });
 * const answer = await fetch(`${gateway.url}/talk`, { method: "POST", body });
 */
export async function startGateway(options: GatewayOptions): Promise<TestGateway> {
  const made = await gatewayOf(options);
  const url = await made.gateway.listen();
  return { ...opened(made), url };
}

interface MadeGateway {
  readonly gateway: RunningGateway;
  readonly log: readonly LogLine[];
}

async function gatewayOf({ plugins, ...server }: GatewayOptions): Promise<MadeGateway> {
  const lines: LogLine[] = [];
  const log = pino(
    { level: server.logLevel ?? "debug", base: null, timestamp: false },
    { write: (line: string) => lines.push(JSON.parse(line) as LogLine) },
  );
  const settings = { ...defaults, port: 0, drain: 1000, ...server };
  return {
    gateway: new RunningGateway(await createGateway(settings, plugins, log), log),
    log: lines,
  };
}

function opened({ gateway, log }: MadeGateway): OpenGateway {
  const over = new AbortController();
  const close = async () => {
    over.abort(new Error("the test's gateway was closed"));
    await gateway.close("test over");
  };
  return {
    log,
    close,
    inject({ signal, ...request }) {
      const either = signal === undefined ? over.signal : AbortSignal.any([over.signal, signal]);
      return injectRequest((connection) => gateway.connect(connection), {
        ...request,
        signal: either,
      });
    },
    [Symbol.asyncDispose]: close,
  };
}

import type { Duplex } from "node:stream";
import type { Log } from "../hooks/plugin.ts";
import type { Gateway } from "./gateway.ts";
import { createListener, type Listener } from "./listener.ts";

/** Gateways whose requests are not over yet. Of more than these, the oldest is ended: each holds its plugins in memory. */
const maxRetired = 8;

/** How long requests of a gateway that is ended may take to tell their clients. */
const farewellMs = 2000;

/** A listener, the gateway behind it, and those that were replaced and have requests under way. */
export class RunningGateway {
  readonly #listener: Listener;
  readonly #log: Log;
  #current: Gateway;
  /** Oldest first, each with its end. */
  readonly #retired = new Map<Gateway, Promise<void>>();
  #closed: Promise<void> | undefined;

  constructor(gateway: Gateway, log: Log) {
    this.#current = gateway;
    this.#log = log;
    this.#listener = createListener(gateway, log);
  }

  get current(): Gateway {
    return this.#current;
  }

  /** How many replaced gateways still have requests under way. */
  get retired(): number {
    return this.#retired.size;
  }

  /** HTTP requests and sockets under way, also with replaced gateways. */
  get openRequests(): number {
    return [this.#current, ...this.#retired.keys()].reduce(
      (sum, one) => sum + one.openRequests(),
      0,
    );
  }

  /** Listens; resolves with the address as a URL. */
  listen(): Promise<string> {
    return this.#listener.listen(this.#current.core.server);
  }

  /** Takes the requests of one more connection, from a client of the same process. */
  connect(connection: Duplex): void {
    this.#listener.connect(connection);
  }

  /**
   * Sends all requests to `next` from now on. Those under way go on with the gateway that has them, whose `close` taps run
   * after the last of them.
   */
  replace(next: Gateway): void {
    const last = this.#current;
    const { server } = next.core;
    this.#current = next;
    next.carried.loads.setLimits(server.limits);
    this.#listener.serve(next, server);
    const ended = last
      .retire()
      .then(() => last.close("replaced by a reload"))
      .catch((thrown: unknown) => this.#log.error({ err: thrown }, "a gateway did not close"))
      .finally(() => this.#retired.delete(last));
    this.#retired.set(last, ended);
    const [oldest] = this.#retired.keys();
    if (this.#retired.size > maxRetired && oldest !== undefined) void this.#endEarly(oldest);
  }

  /** Stops accepting, lets open requests go on for `server.drain` milliseconds, then closes every gateway. */
  close(reason: string): Promise<void> {
    return (this.#closed ??= this.#close(reason));
  }

  async #close(reason: string): Promise<void> {
    const gateways = [...this.#retired.keys(), this.#current];
    for (const gateway of gateways) gateway.stop();
    await this.#listener.drain(this.#current.core.server.drain, async () => {
      await Promise.all(gateways.map((gateway) => gateway.endRequests()));
    });
    for (const gateway of gateways) await gateway.close(reason);
  }

  async #endEarly(gateway: Gateway): Promise<void> {
    this.#log.warn(
      { limit: maxRetired },
      "too many reloads while requests were under way: the oldest of them are ended",
    );
    gateway.stop();
    await Promise.race([gateway.endRequests(), pause(farewellMs)]);
    await gateway.close("replaced by a reload");
    this.#retired.delete(gateway);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}

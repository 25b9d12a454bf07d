import { Cluster, Redis, type RedisOptions } from "ioredis";
import type { Settings } from "./options.ts";

export type Client = Redis | Cluster;

const maxReconnectDelayMs = 1000;
const again = (times: number) => Math.min(50 * 2 ** Math.min(times, 10), maxReconnectDelayMs);

/** A connection from which so long nothing has come although something was asked is closed. */
const deadAfterMs = 10_000;

/**
 * A client that never makes anybody wait: no queue while there is no connection, a limit for each command, no second try. It
 * goes on connecting for ever. It has no connection yet.
 */
export function createClient({ address, timeoutMs }: Settings): Client {
  const { kind, hosts, path, master, username, password, db, isTls } = address;
  const tls = isTls ? {} : undefined;
  const server = {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(db === undefined ? {} : { db }),
    ...(tls === undefined ? {} : { tls }),
    commandTimeout: timeoutMs,
    connectTimeout: Math.max(timeoutMs, 2000),
    socketTimeout: deadAfterMs,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    // After a failover the old master refuses writes until it is left.
    reconnectOnError: ({ message }: Error) => message.startsWith("READONLY"),
  } satisfies RedisOptions;
  if (kind === "cluster") {
    return new Cluster([...hosts], {
      redisOptions: server,
      clusterRetryStrategy: again,
      enableOfflineQueue: false,
      lazyConnect: true,
      slotsRefreshTimeout: Math.max(timeoutMs, 2000),
    });
  }
  const common = { ...server, retryStrategy: again, enableOfflineQueue: false, lazyConnect: true };
  if (kind === "sentinel") {
    return new Redis({
      ...common,
      sentinels: [...hosts],
      name: master ?? "",
      sentinelRetryStrategy: again,
      sentinelCommandTimeout: timeoutMs,
      enableTLSForSentinelMode: isTls,
      ...(tls === undefined ? {} : { sentinelTLS: tls }),
    });
  }
  const [host] = hosts;
  return new Redis({ ...common, ...(path === undefined ? host : { path }) });
}

import type { GatewayReport } from "../hooks/gateway-view.ts";
import { version } from "../server/version.ts";
import type { RunningGateway } from "../server/running-gateway.ts";

/** What a running gateway says of itself. */
export interface GatewayStatus extends GatewayReport {
  readonly version: string;
  readonly pid: number;
  readonly url: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** HTTP requests and sockets under way. */
  readonly openRequests: number;
}

/** The status of a gateway of this process. */
export function statusOf(gateway: RunningGateway, url: string): GatewayStatus {
  const { openRequests, current } = gateway;
  const startedAt = Math.round(performance.timeOrigin);
  return { version, pid: process.pid, url, startedAt, openRequests, ...current.report() };
}

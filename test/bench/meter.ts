/**
 * Loaded into every measured program before its own code: tells the bench where the program listens, so that
 * nothing need be printed, and what it has used, where the system does not say.
 */
import cluster from "node:cluster";
import { subscribe } from "node:diagnostics_channel";
import type { Server } from "node:net";
import type { Use } from "./use.ts";

// A worker speaks to its primary, which is the one that is measured.
if (cluster.isPrimary) measured();

function measured(): void {
  subscribe("tracing:net.server.listen:asyncEnd", (message) => {
    const address = (message as { server: Server }).server.address();
    if (typeof address === "object" && address !== null) process.send?.(address.port);
  });

  process.on("message", () => {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpu: user + system, rss: process.memoryUsage.rss() } satisfies Use);
  });
  // Being watched must not keep a program alive.
  process.channel?.unref();
}

import { ConfigError } from "../config/settings.ts";
import { isReachable } from "../hooks/server-settings.ts";
import type { Gateway } from "../server/gateway.ts";
import { probeIncoming } from "../request/probe-incoming.ts";

/** Throws where other machines can connect and nothing in the config says who may come in. */
export function refuseUnguarded({ core: { server, hooks } }: Gateway): void {
  if (!isReachable(server) || hooks.authenticate.isUsed()) return;
  const setting = server.allowLanAccess ? "allowLanAccess is true" : `host is "${server.host}"`;
  throw new ConfigError(
    [
      `Other machines can connect, because ${setting}, and no plugin asks who they are.`,
      "Ask for a key: add auth({ keys: process.env.AGPROXY_API_KEY }) of @agproxy/plugin-auth to the plugins.",
      'To let everyone in on a network you trust, say so: auth({ mode: "off" }).',
    ].join("\n"),
  );
}

const openToEveryone =
  "OPEN TO THE NETWORK: other machines can connect, and nobody is asked for a key.\n" +
  "  Everyone who reaches this port uses your accounts. To ask for a key: auth({ keys: … })";

const plainHttp =
  "PLAIN HTTP: other machines can connect without TLS.\n" +
  "  Keys and conversations can be read on the way, unless a proxy with TLS or a VPN carries them.\n" +
  '  To encrypt them here: tls: { cert: "fullchain.pem", key: "privkey.pem" }';

/** What a user is told at every start and by `agproxy check`: what is open, and what plugins have to say. */
export async function warningsOf(gateway: Gateway): Promise<readonly string[]> {
  const notices = gateway.plugins.flatMap((plugin) => plugin.notice?.() ?? []);
  if (!isReachable(gateway.core.server)) return notices;
  if (await takesAnyone(gateway, "/")) return [openToEveryone, ...notices];
  return gateway.core.server.tls === undefined ? [plainHttp, ...notices] : notices;
}

/** Whether a caller without a key may come in. */
export async function takesAnyone({ core }: Gateway, path: string): Promise<boolean> {
  const hook = core.hooks.authenticate;
  if (!hook.isUsed()) return true;
  const caller = await hook.promise(probeIncoming(path)).catch(() => undefined);
  return caller !== undefined;
}

/** What no chat can do without. */
export function gapsOf({ core, routes }: Gateway): readonly string[] {
  // A route without a protocol of its own may answer a chat too; nobody can say before it is asked.
  const isSpoken = routes.some(({ method }) => method === "POST");
  return [
    ...(isSpoken
      ? []
      : ["NO PROTOCOL: no plugin answers a chat. Add one that does, or write plugins: defaults()"]),
    ...(core.pool.all.length > 0
      ? []
      : ["NO UPSTREAM: no plugin has an account. Add one that does, or write plugins: defaults()"]),
  ];
}

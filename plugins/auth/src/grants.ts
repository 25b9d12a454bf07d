import {
  AgproxyError,
  type Caller,
  type Exchange,
  fits,
  type HookFaces,
  type Incoming,
  order,
} from "@agproxy/core";
import type { Grant } from "./key-file/key-record.ts";
import type { Meter } from "./limits/meter.ts";
import { modelForbidden } from "./limits/refusal.ts";

/** What is known of callers. */
export interface Grants {
  /** Who asks. Throws the refusal. */
  readonly admit: (incoming: Incoming) => Caller | Promise<Caller>;
  /** What a caller may use now; undefined for everything. An error where their key has ended. */
  readonly grantOf: (caller: Caller) => Grant | AgproxyError | undefined;
  /** Whether a caller that was let in just now has a grant. */
  readonly hasGrant: (caller: Caller) => boolean;
  readonly meter: Meter;
  /** Called for each request of a caller with a grant. */
  readonly use: (caller: Caller) => void;
}

/** Before what changes models, and after it. */
const [early, late] = [order.first, order.last + 1] as const;

/**
 * Lets callers in, and holds them to what their key may use. What they may is looked up for each exchange: on a WebSocket a key
 * can be revoked between two of them.
 */
export function enforceGrants(
  hooks: HookFaces,
  { admit, grantOf, hasGrant, meter, use }: Grants,
): void {
  const callers = new WeakMap<Incoming, Caller>();
  const grants = new WeakMap<Exchange, Grant>();
  const noted = (caller: Caller, incoming: Incoming): Caller => {
    if (!hasGrant(caller)) return caller;
    callers.set(incoming, caller);
    use(caller);
    return caller;
  };
  const begin = async (grant: Grant, exchange: Exchange): Promise<undefined> => {
    grants.set(exchange, grant);
    checkModel(grant, exchange);
    await meter.begin(exchange, grant.limits ?? {});
  };
  // A promise is made only where something is waited for: every request passes here.
  hooks.authenticate.tap("auth", (incoming) => {
    const caller = admit(incoming);
    return caller instanceof Promise
      ? caller.then((late) => noted(late, incoming))
      : noted(caller, incoming);
  });
  hooks.exchange.tap({ name: "auth", stage: early }, (exchange) => {
    const grant = valid(grantOf(exchange.caller));
    return grant === undefined ? undefined : begin(grant, exchange);
  });
  // Another plugin may have chosen another model since.
  hooks.exchange.tap({ name: "auth", stage: late }, (exchange) => {
    const grant = grants.get(exchange);
    if (grant !== undefined) checkModel(grant, exchange);
    return undefined;
  });
  hooks.transformStream.tap("auth", (events, { exchange }) =>
    grants.has(exchange) ? meter.watch(events, exchange) : events,
  );
  hooks.done.tap("auth", (summary) =>
    grants.has(summary.exchange) ? meter.end(summary) : undefined,
  );
  hooks.listModels.tap({ name: "auth", stage: late }, (models, incoming) => {
    const caller = callers.get(incoming);
    const grant = caller === undefined ? undefined : valid(grantOf(caller));
    return grant === undefined ? models : models.filter(({ id }) => isAllowed(grant, id));
  });
}

function valid(grant: Grant | AgproxyError | undefined): Grant | undefined {
  if (grant instanceof AgproxyError) throw grant;
  return grant;
}

/** A key may use a model under the name that the client wrote, or under the one that it is mapped to. */
function checkModel(grant: Grant, { caller, request, model }: Exchange): void {
  if (isAllowed(grant, request.model) || isAllowed(grant, model)) return;
  throw modelForbidden(caller, request.model);
}

function isAllowed({ models }: Grant, name: string): boolean {
  return models?.some((pattern) => fits(pattern.toLowerCase(), name.toLowerCase())) ?? true;
}

import {
  AgproxyError,
  exchangeHistory,
  type Incoming,
  isObject,
  type PluginContext,
  type RouteRequest,
} from "@agproxy/core";
import { TooManyKeys, WrongKey } from "./errors.ts";
import type { Session } from "./page-api.ts";
import { addressOf, pageHeaders, pagePath } from "./page-routes.ts";
import { lifetimes, type Passes } from "./passes.ts";
import type { Visitors } from "./visitors.ts";
import { WrongKeys } from "./wrong-keys.ts";

/** A key or a link is a small part of it. */
const maxBytes = 4096;

/** How a browser is signed in and out, and learns whether it is. */
export function signInRoutes(
  agproxy: Pick<PluginContext, "route" | "store" | "gateway" | "find">,
  passes: Passes,
  visitors: Visitors,
): void {
  const { route, store } = agproxy;
  const wrong = new WrongKeys();
  const isGoodLink = async (link: string) => {
    if (!passes.isGood("link", link)) return false;
    // In the store, so that it is used once by all processes together.
    const uses = await store.add(`dashboard/links/${link}`, 1, lifetimes.link);
    return uses === 1;
  };
  route("POST", `${pagePath}/api/sign-in`, async ({ incoming, json }) => {
    const wait = wrong.waitFor(incoming.remoteAddress);
    if (wait > 0) throw new TooManyKeys(undefined, { retryAfter: wait });
    checkLength(incoming);
    const body = await json();
    const { key, link } = isObject(body) ? body : {};
    const isGood =
      (typeof key === "string" && passes.isKey(key)) ||
      (typeof link === "string" && (await isGoodLink(link)));
    if (!isGood) {
      wrong.note(incoming.remoteAddress);
      throw new WrongKey();
    }
    return { headers: { ...pageHeaders, ...visitors.signedIn(incoming) }, body: {} };
  });
  route("POST", `${pagePath}/api/sign-out`, async (request) => {
    visitors.admitAction(request);
    return { headers: { ...pageHeaders, ...visitors.signedOut(request.incoming) }, body: {} };
  });
  route("GET", `${pagePath}/api/session`, async (request) => {
    visitors.admit(request);
    const page = passes.give("page");
    return { headers: pageHeaders, body: { page, ...sessionOf(agproxy, request) } };
  });
}

/** Anybody may send one, so nothing is read that is not small for sure. */
function checkLength({ headers }: Incoming): void {
  const length = headers["content-length"];
  if (length !== undefined && Number(length) <= maxBytes) return;
  throw new AgproxyError(
    "body_too_large",
    `A sign-in has ${maxBytes} bytes at most, and says how many in Content-Length.`,
    { advice: "Send the key or the link alone." },
  );
}

function sessionOf(
  { gateway: { plugins, version }, find }: Pick<PluginContext, "gateway" | "find">,
  { incoming }: RouteRequest,
): Omit<Session, "page"> {
  const kinds = plugins.flatMap(({ name, accountKind }) =>
    accountKind === undefined ? [] : [{ name, secret: accountKind.secrets[0] ?? "key" }],
  );
  const hasLog = find(exchangeHistory) !== undefined;
  return { version, url: addressOf(incoming), kinds, hasLog };
}

import { addressGroup, type Caller, type Incoming, type RouteRequest } from "@agproxy/core";
import { NotFromPage, NotSignedIn } from "./errors.ts";
import { pagePath } from "./page-routes.ts";
import { lifetimes, type Passes } from "./passes.ts";

/** Whoever is signed in; what they try on the page counts as theirs. */
const owner: Caller = { id: "dashboard", name: "dashboard" };
/** Whoever is not. Requests under way are bounded by caller, so each client is one, and leaves the others their places. */
function stranger({ remoteAddress }: Incoming): Caller {
  return { id: `dashboard/stranger/${addressGroup(remoteAddress)}`, name: "dashboard/stranger" };
}

/** Set by scripts of the page alone: no form and no page of another origin can send it. */
const pageHeader = "x-agproxy-page";

/** Whether a request is for the page, or for what belongs to it. */
export function isOwnPath({ path }: Pick<Incoming, "path">): boolean {
  return path === pagePath || path.startsWith(`${pagePath}/`);
}

/** Tells the page's owner from strangers. */
export class Visitors {
  readonly #passes: Passes;
  readonly #cookie: string;

  /** Cookies are shared by all ports of a host, so the port is in the name. */
  constructor(passes: Passes, port: number) {
    this.#passes = passes;
    this.#cookie = `agproxy_dashboard_${port}`;
  }

  /** Who asks, on the dashboard's own paths and on those that are tried from the page. */
  callerOf(incoming: Incoming): Caller | undefined {
    if (isOwnPath(incoming)) return this.#isSignedIn(incoming) ? owner : stranger(incoming);
    return incoming.headers[pageHeader] !== undefined && this.#isFromPage(incoming)
      ? owner
      : undefined;
  }

  /** Throws where the browser is not signed in. */
  admit({ caller }: RouteRequest): void {
    if (caller !== owner) throw new NotSignedIn();
  }

  /** Throws where a request that changes something was not sent by the page. */
  admitAction(request: RouteRequest): void {
    this.admit(request);
    if (!this.#isFromPage(request.incoming)) throw new NotFromPage();
  }

  /** The header that signs a browser in. */
  signedIn({ protocol }: Incoming): Readonly<Record<string, string>> {
    return this.#setCookie(this.#passes.give("browser"), lifetimes.browser, protocol);
  }

  /** The header that signs it out. */
  signedOut({ protocol }: Incoming): Readonly<Record<string, string>> {
    return this.#setCookie("", 0, protocol);
  }

  #setCookie(value: string, lifetimeMs: number, protocol: Incoming["protocol"]) {
    const secure = protocol === "https" ? "; Secure" : "";
    const age = Math.floor(lifetimeMs / 1000);
    return {
      "set-cookie": `${this.#cookie}=${value}; Path=${pagePath}; Max-Age=${age}; HttpOnly; SameSite=Strict${secure}`,
    };
  }

  #isSignedIn({ headers }: Incoming): boolean {
    const pairs = (headers.cookie ?? "").split(";").map((pair) => pair.trim());
    const found = pairs.find((pair) => pair.startsWith(`${this.#cookie}=`));
    return (
      found !== undefined && this.#passes.isGood("browser", found.slice(this.#cookie.length + 1))
    );
  }

  #isFromPage({ headers }: Incoming): boolean {
    const pass = headers[pageHeader];
    return typeof pass === "string" && this.#passes.isGood("page", pass);
  }
}

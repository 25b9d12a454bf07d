import type { Settings } from "./options.ts";
import { fits } from "@agproxy/core";
import { hostOf, Refusal } from "./refusal.ts";

/**
 * A link that may be asked for, as far as its text tells; whether its host is on the public internet is
 * known only when it is looked up. Throws a `Refusal`.
 */
export function admit(link: string, { ports, hosts }: Pick<Settings, "ports" | "hosts">): URL {
  if (!URL.canParse(link)) throw new Refusal("it is not a valid URL.");
  const url = new URL(link);
  const host = hostOf(link);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new Refusal(
      `it leads to a ${url.protocol.slice(0, 20)} address; http: and https: are taken.`,
    );
  }
  if (url.username !== "" || url.password !== "") {
    throw new Refusal(`it holds a user name or a password for ${host}.`);
  }
  const port = Number(url.port || (url.protocol === "https:" ? 443 : 80));
  if (!ports.includes(port))
    throw new Refusal(`${host} is on another port than ${ports.join(", ")}.`);
  if (hosts?.some((pattern) => fits(pattern.toLowerCase(), url.hostname)) === false) {
    throw new Refusal(`${host} is not on the list of hosts that are asked.`);
  }
  // A fragment is never sent.
  url.hash = "";
  return url;
}

import type { IncomingHttpHeaders } from "node:http";
import {
  AgproxyError,
  anonymous,
  type Caller,
  healthPaths,
  type Incoming,
  isReachable,
  type ServerSettings,
} from "@agproxy/core";
import type { Mode } from "./options.ts";
import { timingSafeEqual } from "node:crypto";
import { callerIdOf, digestOf } from "./key-file/key-text.ts";
import type { NamedKey } from "./key-list.ts";

/** A mode once `auto` is decided. */
export type EffectiveMode = Exclude<Mode, "auto">;

/** `auto` asks for a key as soon as other machines can connect. */
export function effectiveMode(mode: Mode, server: ServerSettings): EffectiveMode {
  if (mode !== "auto") return mode;
  return isReachable(server) ? "all_except_health" : "off";
}

type Asking = Pick<Incoming, "path" | "headers" | "remoteAddress" | "signal">;

/**
 * Finds out who a request is from. Throws `invalid_api_key` where the mode needs a key and there is no known one; after a
 * wrong key it first awaits `delay`.
 */
export function admission(
  mode: EffectiveMode,
  keyring: Keyring,
  delay: (asking: Asking) => Promise<void>,
): (asking: Asking) => Caller | Promise<Caller> {
  return (asking) => {
    const { path, headers } = asking;
    const key = presentedKey(headers);
    const found = key === undefined ? undefined : keyring(key);
    if (found !== undefined && !(found instanceof AgproxyError)) return found;
    if (mode !== "strict" && healthPaths.has(path)) return anonymous;
    // Also where nobody needs a key: whoever sends one that has ended would not learn of it.
    if (found !== undefined) throw found;
    if (mode === "off") return anonymous;
    // A request without any key guesses nothing, so it is not counted.
    if (key === undefined) throw new AgproxyError("invalid_api_key", "The request has no API key.");
    return delay(asking).then(() => {
      throw new AgproxyError("invalid_api_key", "The request's API key is not known here.");
    });
  };
}

/**
 * The key that a request brings, from the first of `Authorization`, `x-api-key` and `x-goog-api-key` that has a value.
 * The others are not read: a wrong key is refused even where a right one stands next to it. `Authorization` may
 * hold the bare key without `Bearer`. A key in the URL is not read, because URLs end up in logs.
 */
export function presentedKey(headers: IncomingHttpHeaders): string | undefined {
  const authorization = headerText(headers.authorization);
  if (authorization !== undefined) return authorization.replace(/^bearer\s+/i, "");
  return headerText(headers["x-api-key"]) ?? headerText(headers["x-goog-api-key"]);
}

function headerText(value: string | string[] | undefined): string | undefined {
  const trimmed = (Array.isArray(value) ? value.join(", ") : value)?.trim();
  return trimmed === "" ? undefined : trimmed;
}

/** The error for a mode that needs a key where none is configured. `fresh` is a new key to paste. */
export function missingKey(mode: Mode, effective: EffectiveMode, fresh: string): Error {
  const reason =
    mode === "auto"
      ? `other machines can connect, so mode "auto" means "${effective}"`
      : `the mode is "${mode}"`;
  return new Error(
    [
      `auth: a key is needed because ${reason}, and none is configured.`,
      "Here is a fresh one. Put it into the environment",
      `    AGPROXY_API_KEY=${fresh}`,
      "or into agproxy.config.ts",
      `    auth({ keys: "${fresh}" })`,
      "or make one that can have limits and be revoked, while agproxy runs",
      "    agproxy keys add --name laptop",
      'To go without a key on a network you trust, write auth({ mode: "off" }).',
    ].join("\n"),
  );
}

/** Finds whose key it is; undefined for an unknown one, and an error for one that has ended. */
export type Keyring = (key: string) => Caller | AgproxyError | undefined;

/**
 * Compares a key with every known one in constant time, all padded to one length. The time of an answer tells neither
 * how much of a key was right nor which one it was. Comparing digests would be as safe, at six times the cost.
 */
export function createKeyring(keys: readonly NamedKey[]): (key: string) => Caller | undefined {
  const paddedBytes = Math.max(0, ...keys.map(({ key }) => Buffer.byteLength(key)));
  const entries = keys.map(({ key, name }) => {
    const padded = Buffer.alloc(paddedBytes);
    padded.write(key);
    const caller: Caller = { id: callerIdOf(digestOf(key)), name };
    return { padded, length: key.length, caller };
  });
  const presented = Buffer.alloc(paddedBytes);
  return (key) => {
    presented.fill(0).write(key);
    let found: Caller | undefined;
    for (const entry of entries) {
      // Padding hides where a key ends, so a longer key that begins with a known one must differ in length.
      if (timingSafeEqual(entry.padded, presented) && entry.length === key.length) {
        found = entry.caller;
      }
    }
    return found;
  };
}

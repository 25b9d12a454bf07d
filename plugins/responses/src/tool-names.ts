import { hash } from "node:crypto";
import type { ClientToolKind } from "./client-tools.ts";

/** A tool as the client declared it. */
export interface ToolOrigin {
  readonly kind: "function" | "custom" | ClientToolKind;
  readonly name: string;
  /** The group the client keeps it in; its calls must name it. */
  readonly namespace?: string;
}

/** The names under which tools go upstream, and the way back from a call to the tool it means. */
export class ToolNames {
  readonly #origins = new Map<string, ToolOrigin>();
  readonly #names = new Map<string, string>();

  /** The upstream's name for a tool, or nothing where it was declared before. */
  declare(origin: ToolOrigin): string | undefined {
    const key = keyOf(origin.namespace, origin.name);
    if (this.#names.has(key)) return undefined;
    let name = qualified(origin.namespace, origin.name);
    while (this.#origins.has(name)) name = legalName(`${name}#`);
    this.#names.set(key, name);
    this.#origins.set(name, origin);
    return name;
  }

  /** The upstream's name for a tool of an earlier turn, declared again or not. */
  nameOf(namespace: string | undefined, name: string): string {
    return this.#names.get(keyOf(namespace, name)) ?? qualified(namespace, name);
  }

  /** What a call's name means. A name nobody declared is a function's. */
  origin(name: string): ToolOrigin {
    return this.#origins.get(name) ?? { kind: "function", name };
  }
}

function keyOf(namespace: string | undefined, name: string): string {
  return JSON.stringify([namespace, name]);
}

/** Vendors know no groups. */
function qualified(namespace: string | undefined, name: string): string {
  return namespace === undefined ? name : legalName(`${namespace}__${name}`);
}

/** The longest name of a tool or a call that clients and vendors take. */
const longest = 64;

/**
 * The text itself where it is a legal name (at most 64 of `[A-Za-z0-9_-]`), else a legal one in its place:
 * the same for the same text, another for another.
 */
export function legalName(text: string): string {
  if (/^[A-Za-z0-9_-]{1,64}$/.test(text)) return text;
  const mark = hash("sha256", text, "base64url").slice(0, 16);
  return `${text.replaceAll(/[^A-Za-z0-9_-]/g, "_").slice(0, longest - mark.length - 1)}_${mark}`;
}

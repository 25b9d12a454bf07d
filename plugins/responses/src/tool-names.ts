import { legalName } from "@agproxy/core";
import type { ClientToolKind } from "./client-tools.ts";

/** A tool as the client declared it. */
export interface ToolOrigin {
  readonly kind: "function" | "custom" | ClientToolKind;
  readonly name: string;
  /** The group that the client declared it in; its calls must name it. */
  readonly namespace?: string;
}

/** The names under which tools go upstream, and the way back from a called name to the declared tool. */
export class ToolNames {
  readonly #origins = new Map<string, ToolOrigin>();
  readonly #names = new Map<string, string>();

  /** The upstream's name for a tool; undefined where it was declared before. */
  declare(origin: ToolOrigin): string | undefined {
    const key = keyOf(origin.namespace, origin.name);
    if (this.#names.has(key)) return undefined;
    let name = qualified(origin.namespace, origin.name);
    while (this.#origins.has(name)) name = legalName(`${name}#`);
    this.#names.set(key, name);
    this.#origins.set(name, origin);
    return name;
  }

  /** The upstream's name for a tool that was called earlier, whether this request declares it or not. */
  nameOf(namespace: string | undefined, name: string): string {
    return this.#names.get(keyOf(namespace, name)) ?? qualified(namespace, name);
  }

  /** The tool behind a called name. A name that was not declared is taken for a function's. */
  origin(name: string): ToolOrigin {
    return this.#origins.get(name) ?? { kind: "function", name };
  }
}

function keyOf(namespace: string | undefined, name: string): string {
  return JSON.stringify([namespace, name]);
}

/** Vendors have no namespaces. */
function qualified(namespace: string | undefined, name: string): string {
  return namespace === undefined ? name : legalName(`${namespace}__${name}`);
}

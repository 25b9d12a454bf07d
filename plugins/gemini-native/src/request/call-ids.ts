import { legalName } from "@agproxy/core";

/** Ids of function calls: many clients of this API send none, and tell results by name and order. */
export class CallIds {
  readonly #open = new Map<string, string[]>();
  #count = 0;

  /** The id of a call. */
  called(name: string, given: string | undefined): string {
    this.#count += 1;
    const id = given === undefined || given === "" ? `call_${this.#count}` : legalName(given);
    const open = this.#open.get(name);
    if (open === undefined) this.#open.set(name, [id]);
    else open.push(id);
    return id;
  }

  /** The id of the call that a result is for: the first of that name without one. */
  answered(name: string, given: string | undefined): string {
    if (given !== undefined && given !== "") return legalName(given);
    const id = this.#open.get(name)?.shift();
    if (id !== undefined) return id;
    this.#count += 1;
    return `call_${this.#count}`;
  }
}

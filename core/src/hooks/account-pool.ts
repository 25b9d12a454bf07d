import { isObject } from "../kit/fields.ts";
import { remember } from "../kit/remember.ts";
import { fits } from "../kit/wildcard.ts";
import { unfitHeader } from "./account-headers.ts";
import type { Account, Candidate, PassedOver } from "./stages.ts";

/** How many models' candidates are cached. */
const maxCachedModels = 1000;

/** A model as somebody names it: `work/large` asks the accounts with the prefix `work` for `large`. */
export interface Target {
  /** With its slash; `""` where any account may be asked. */
  readonly prefix: string;
  readonly model: string;
}

/** A model as its accounts know it, and the accounts that serve it. */
export interface Serving {
  readonly model: string;
  readonly candidates: readonly Candidate[];
}

/** The accounts of a gateway, which come and go while it runs. Who serves a model is worked out once, until they change. */
export class AccountPool {
  /** All that were added and not removed, also stand-ins while there are others. */
  #known: readonly Account[] = [];
  #all: readonly Account[] = [];
  #prefixes: ReadonlySet<string> = new Set();
  #serving = this.#forget();

  get all(): readonly Account[] {
    return this.#all;
  }

  /** Adds all of them, or throws and adds none. */
  add(more: readonly Account[], plugin: string): void {
    const all = [...this.#known];
    const ids = new Set(all.map(({ id }) => id));
    for (const account of more) {
      const fault = faultOf(account);
      if (fault !== undefined) throw new Error(`Plugin "${plugin}" adds an account ${fault}`);
      if (ids.has(account.id)) {
        throw new Error(
          `Plugin "${plugin}" adds a second account with the id "${account.id}". Give each account a label of its own.`,
        );
      }
      ids.add(account.id);
      all.push(account);
    }
    this.#change(all);
  }

  /** Takes an account out: no attempt begins on it any more, and those under way go on. */
  remove(account: Account): void {
    this.#change(this.#known.filter((one) => one !== account));
  }

  /** Whether an account of this id is there. */
  has(id: string): boolean {
    return this.#known.some((account) => account.id === id);
  }

  /** The accounts that serve what a name means. Everybody reads the same list, so who hands it on must copy it. */
  serving(name: string): Serving {
    return this.#serving(name);
  }

  /** Whether an account serves what a name means. */
  serves(account: Account, name: string): boolean {
    const { prefix, model } = this.target(name);
    return isMeant(account, prefix) && servesModel(account, model);
  }

  /** Takes a name apart at the prefix of an account, if it begins with one. */
  target(name: string): Target {
    const end = this.#prefixes.size === 0 ? 0 : name.indexOf("/") + 1;
    const prefix = name.slice(0, end);
    return this.#prefixes.has(prefix)
      ? { prefix, model: name.slice(end) }
      : { prefix: "", model: name };
  }

  /** Another model for the accounts that `name` means, unless it names accounts of its own. */
  renamed(name: string, model: string): string {
    return this.target(model).prefix === "" ? this.target(name).prefix + model : model;
  }

  #change(known: readonly Account[]): void {
    this.#known = known;
    const others = known.filter(({ standIn }) => standIn !== true);
    const all = others.length === 0 ? known : others;
    this.#all = all;
    this.#prefixes = new Set(
      all.flatMap(({ prefix }) => (prefix === undefined ? [] : `${prefix}/`)),
    );
    this.#serving = this.#forget();
  }

  #forget(): (name: string) => Serving {
    const everyone = frozen(this.#all);
    return remember(maxCachedModels, (name) => {
      const { model } = this.target(name);
      const serving = this.#all.filter((account) => this.serves(account, name));
      const isAll = serving.length === everyone.length;
      return { model, candidates: isAll ? everyone : frozen(serving) };
    });
  }
}

const takenOut: PassedOver = Object.freeze({ reason: "Somebody has disabled it." });

/** All exchanges share a candidate, so a tap that changes one in place must fail. The list is copied for each. */
function frozen(accounts: readonly Account[]): readonly Candidate[] {
  return accounts.map((account) =>
    Object.freeze(account.disabled === true ? { account, passedOver: takenOut } : { account }),
  );
}

function isMeant(account: Account, prefix: string): boolean {
  return prefix === "" || prefix === `${account.prefix}/`;
}

/**
 * Whether an account serves a model, by its `models` and `exclude`. Case makes no difference.
 *
 * @example
 * const listed = models.filter(({ id }) => servesModel(account, id));
 */
export function servesModel({ models, exclude }: Account, model: string): boolean {
  if (models === undefined && exclude === undefined) return true;
  const name = model.toLowerCase();
  const has = (patterns: readonly string[]) =>
    patterns.some((pattern) => fits(pattern.toLowerCase(), name));
  return (models === undefined || has(models)) && (exclude === undefined || !has(exclude));
}

/** What is wrong with an account, going on from "an account". */
function faultOf(account: unknown): string | undefined {
  if (!isObject(account)) return "that is no object.";
  const { id, label, upstream, models, exclude, prefix, headers = {} } = account;
  const isSender = typeof upstream === "object" && upstream !== null && "send" in upstream;
  if (typeof id !== "string" || typeof label !== "string" || !isSender) {
    return "without `id`, `label` or `upstream.send`.";
  }
  if (![models, exclude].every((list) => list === undefined || isWords(list))) {
    return `("${label}") whose \`models\` or \`exclude\` is no list of names.`;
  }
  if (prefix !== undefined && (typeof prefix !== "string" || !/^[^/\s]+$/.test(prefix))) {
    return `("${label}") whose \`prefix\` is no word without a slash.`;
  }
  return isObject(headers) && unfitHeader(headers) === undefined
    ? undefined
    : `("${label}") with \`headers\` that HTTP cannot carry, or that belong to the connection.`;
}

function isWords(list: unknown): boolean {
  return Array.isArray(list) && list.every((word) => typeof word === "string" && word !== "");
}

import { remember } from "@agproxy/core";
import { familyOf, type Family } from "./families.ts";
import { namedWishes, type NamedWishes } from "./named-wishes.ts";

/** What a model's name says: what it asks for, and the family it is of. */
export interface KnownModel {
  readonly named: NamedWishes;
  readonly family: Family;
}

/** Reads a model's name by the built-in table; remembers the ones it was asked for last. */
export const knownModel = remember(100, (name): KnownModel => readModel(name));

/** Reads a model's name by a table of families; the built-in one where absent. */
export function readModel(name: string, families?: readonly Family[]): KnownModel {
  const named = namedWishes(name, families);
  return { named, family: familyOf(named.model, families) };
}

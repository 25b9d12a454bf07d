import { type ImageOptions, remember } from "@agproxy/core";
import { familyOf, type Family } from "./families.ts";

/** What the suffixes of a model's name ask for. */
export interface NamedWishes {
  /** The name without its suffixes: the one that the upstream knows. */
  readonly model: string;
  /** `-online`: the model may search the web. */
  readonly webSearch: boolean;
  /** `-16x9`, `-2k`: the shape of the pictures, for models that draw. */
  readonly image: ImageOptions;
}

/** Reads the suffixes of a model's name, in any order. Of each kind, the rightmost counts. */
function namedWishes(name: string, families?: readonly Family[]): NamedWishes {
  let model = name;
  let webSearch = false;
  let image: ImageOptions = {};
  for (;;) {
    const [, rest, suffix = ""] = /^(.+)-(online|\d{1,2}x\d{1,2}|[124]k|hd)$/i.exec(model) ?? [];
    if (rest === undefined) break;
    const online = suffix.toLowerCase() === "online";
    if (!online && !draws(rest, families)) break;
    if (online) webSearch = true;
    else image = { ...shape(suffix), ...image };
    model = rest;
  }
  return { model, webSearch, image };
}

function shape(suffix: string): ImageOptions {
  return /^\d+x/i.test(suffix) ? { aspectRatio: suffix } : { quality: suffix };
}

/** The name may still have suffixes: the family is told by its beginning. */
function draws(name: string, families: readonly Family[] | undefined): boolean {
  return familyOf(name, families).imageSizes !== undefined;
}

/** What a model's name says: what it asks for, and the family it is of. */
export interface KnownModel {
  readonly named: NamedWishes;
  readonly family: Family;
}

/** Reads a model's name by the built-in table, and caches the result. */
export const knownModel = remember(100, (name): KnownModel => readModel(name));

/** Reads a model's name by a table of families; the built-in one where absent. */
export function readModel(name: string, families?: readonly Family[]): KnownModel {
  const named = namedWishes(name, families);
  return { named, family: familyOf(named.model, families) };
}

/** Reads a model's name by the built-in table, and takes the family of the model that answers for it at that time. */
export function servedModel(name: string, now: number | undefined): KnownModel {
  const known = knownModel(name);
  if (now === undefined) return known;
  const { named } = known;
  const answering = answeringModel(named.model, now);
  return answering === named.model ? known : { named, family: knownModel(answering).family };
}

/** A name that the Gemini API answers with another model. */
interface Rerouted {
  readonly model: string;
  /** From the start of this day on, in UTC. */
  readonly from: string;
  readonly to: string;
}

/**
 * Sources: https://ai.google.dev/gemini-api/docs/deprecations and https://ai.google.dev/gemini-api/docs/changelog, read on
 * 2026-11-27: requests for retired names are answered by their replacement, under its rules and prices.
 * `gemini-2.5-flash-lite` is not among them. `gemini-3-pro-preview`, which `gemini-3.1-pro-preview` answers since
 * 2026-03-09, is left out: the newer model takes all that the older one took.
 */
export const reroutedModels: readonly Rerouted[] = [
  { model: "gemini-3.5-flash", from: "2026-10-08", to: "gemini-3.6-flash" },
  { model: "gemini-3.7-flash", from: "2026-10-08", to: "gemini-3.8-flash" },
  { model: "gemini-2.5-flash", from: "2026-12-01", to: "gemini-3.5-flash-lite" },
  { model: "gemini-2.5-pro", from: "2026-12-01", to: "gemini-3.8-flash" },
];

/** The model that answers for a name at a time, in milliseconds since the epoch. */
export function answeringModel(model: string, now: number): string {
  const bare = model.replace(/^models\//, "");
  const entry = reroutedModels.find(({ model: name }) => name === bare);
  return entry !== undefined && now >= Date.parse(entry.from) ? entry.to : model;
}

import { readFileSync, statSync } from "node:fs";
import {
  createRequire,
  findPackageJSON,
  registerHooks,
  type LoadHookSync,
  type ResolveHookSync,
} from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

/** A specifier that is resolved as if another module imported it: `agproxy-from:["specifier","file:///parent.js"]`. */
const fromScheme = "agproxy-from:";

/** The packages that a config gets from the running installation where its folder has none of its own. */
const ours = /^(?:agproxy|@agproxy\/[\w.-]+)(?:\/|$)/;

/** The config and the files that it imports by their path. */
const userFiles = new Set<string>();
/** Packages of ours that the config's folder has itself, as `name version`. */
const ownPackages = new Set<string>();
let installation: string | undefined;
let isRegistered = false;

/** Resolves packages of ours from the module `url` where a config's folder has none. */
export function resolveFrom(url: string | undefined): void {
  installation = url;
  if (!isRegistered) registerHooks({ resolve, load });
  isRegistered = true;
}

/** What a module exports, by name. */
export type Exports = Readonly<Record<string, unknown>>;

/** Imports a file of the user: the config, or a plugin that it names by a path. */
export type ImportFile = (url: string) => Promise<Exports>;

export const importFile: ImportFile = async (url) => {
  noteFile(url);
  const path = fileURLToPath(url);
  if (/\.c?js$/.test(path) && !isModule(readFileSync(path, "utf8"))) return requireFile(url);
  return (await import(url)) as Exports;
};

/** Requires a CommonJS file. Not by an import: in Node 22, what an imported one requires does not pass the hooks. */
export function requireFile(url: string): Exports {
  const exports = createRequire(url)(fileURLToPath(url)) as object;
  return { ...exports, default: exports };
}

/** How many times a file was imported anew. */
let generation = 0;

/** Imports a file, and those that it imports, as new modules: Node keeps the old ones for ever. */
export async function importFileAnew(url: string): Promise<Exports> {
  generation += 1;
  return (await import(`${url}?${generationKey}=${generation}`)) as Exports;
}

const generationKey = "agproxy-generation";

/** Imports a package as the file `parent` would. */
export async function importPackage(name: string, parent: string): Promise<Exports> {
  noteFile(parent);
  const specifier = `${fromScheme}${JSON.stringify([name, parent])}`;
  return (await import(specifier)) as Exports;
}

/** Remembers a file of the user. */
export function noteFile(url: string): void {
  userFiles.add(url);
}

/** The URLs of the files of the user that have been asked for so far. */
export function filesOfUser(): ReadonlySet<string> {
  return userFiles;
}

/** The packages of ours that a config brought itself, each with its version. */
export function packagesOfUser(): readonly string[] {
  return [...ownPackages];
}

const resolve: ResolveHookSync = (specifier, context, next) => {
  if (specifier.startsWith(fromScheme)) {
    const [name = "", parentURL] = JSON.parse(specifier.slice(fromScheme.length)) as string[];
    return resolve(name, { ...context, parentURL }, next);
  }
  const [parent = "", search] = (context.parentURL ?? "").split("?", 2);
  const isOfUser = userFiles.has(parent);
  if (ours.test(specifier)) return resolveOurs(specifier, context, next, isOfUser);
  const found = next(specifier, context);
  if (!isOfUser || !/^(?:\.|\/|file:)/.test(specifier)) return found;
  noteFile(found.url.replace(/\?.*/, ""));
  const isAnew =
    search?.startsWith(generationKey) === true && !/[?]|\/node_modules\//.test(found.url);
  return isAnew ? { ...found, url: `${found.url}?${search}` } : found;
};

function resolveOurs(
  specifier: string,
  context: Parameters<ResolveHookSync>[1],
  next: Parameters<ResolveHookSync>[2],
  isOfUser: boolean,
): ReturnType<ResolveHookSync> {
  const from = installation;
  // Not `next` with another parent: for what CommonJS requires, Node does not heed it.
  const fromInstallation = () => ({
    url: pathToFileURL(createRequire(from ?? import.meta.url).resolve(specifier)).href,
    shortCircuit: true,
  });
  try {
    const found = next(specifier, context);
    if (isOfUser && from !== undefined && isForeign(found.url)) return fromInstallation();
    if (isOfUser && from !== undefined) noteOwn(specifier, found.url, fromInstallation);
    return found;
  } catch (thrown) {
    if (from === undefined || !isMissing(thrown)) throw thrown;
    try {
      return fromInstallation();
    } catch {
      throw thrown;
    }
  }
}

/** Remembers a package that the folder has itself and that is another one than the installation's. */
function noteOwn(specifier: string, url: string, other: () => { readonly url: string }): void {
  try {
    if (other().url === url) return;
  } catch {
    // The installation has no such package.
  }
  const name = /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
  const manifest = findPackageJSON(url);
  const { version } =
    manifest === undefined
      ? {}
      : (JSON.parse(readFileSync(manifest, "utf8")) as { readonly version?: string });
  ownPackages.add(version === undefined ? name : `${name} ${version}`);
}

/** Whether a package belongs to another user, such as one in a folder above that everybody may write to. */
function isForeign(url: string): boolean {
  const user = process.getuid?.();
  if (user === undefined || !url.startsWith("file:")) return false;
  const { uid } = statSync(fileURLToPath(url));
  return uid !== user && uid !== 0;
}

function isMissing(thrown: unknown): boolean {
  if (!(thrown instanceof Error) || !("code" in thrown)) return false;
  return thrown.code === "ERR_MODULE_NOT_FOUND" || thrown.code === "MODULE_NOT_FOUND";
}

/** Loads `.ts` and `.js` of the user that are written as ES modules as such, whatever their package.json says. */
const load: LoadHookSync = (url, context, next) => {
  const [file = ""] = url.split("?", 1);
  const ending = userFiles.has(file) ? /\.(?<kind>[jt]s)$/.exec(file)?.groups?.["kind"] : undefined;
  if (ending === undefined || !isModule(readFileSync(fileURLToPath(url), "utf8"))) {
    return next(url, context);
  }
  return next(url, { ...context, format: ending === "ts" ? "module-typescript" : "module" });
};

/** Whether a text is written as an ES module. */
export function isModule(source: string): boolean {
  return /^\s*(?:import\b(?!\s*\()|export\b)/m.test(source);
}

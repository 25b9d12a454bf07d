import { readFileSync, realpathSync } from "node:fs";
import { createRequire, stripTypeScriptTypes } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { compileFunction } from "node:vm";
import { moduleBody, type ModuleImport, names, Untranslatable } from "./module-body.ts";
import {
  type Exports,
  importFileAnew,
  importPackage,
  isModule,
  noteFile,
  requireFile,
} from "./module-hooks.ts";

/**
 * The files of a user, read and run anew for one reload, and gone with what they made. Node keeps every module that it has
 * ever imported, so they run as functions instead (docs/decisions/0019-reload.md). Packages are those that Node has.
 */
export class FreshModules {
  readonly #evaluated = new Map<string, Promise<Exports>>();

  /** Imports a file, like `importFile`, and never an older version of it. */
  readonly importFile = async (url: string): Promise<Exports> => {
    forgetRequired(fileURLToPath(url));
    try {
      return await this.#import(url, []);
    } catch {
      // Node itself tells best what is wrong with it, and imports what a function cannot stand for.
      return importFileAnew(url);
    }
  };

  /** `importers` are those whose evaluation waits for this one. */
  #import(url: string, importers: readonly string[]): Promise<Exports> {
    if (importers.includes(url)) throw new Untranslatable("modules that import each other");
    const running = this.#evaluated.get(url) ?? this.#evaluate(url, importers);
    this.#evaluated.set(url, running);
    return running;
  }

  async #evaluate(url: string, importers: readonly string[]): Promise<Exports> {
    noteFile(url);
    const path = fileURLToPath(url);
    const text = readFileSync(path, "utf8");
    if (path.endsWith(".json")) return { default: JSON.parse(text) as unknown };
    const isEs = /\.m[jt]s$/.test(path) || isModule(text);
    if (!isEs && /\.c?js$/.test(path)) return requireFile(url);
    if (!isEs) throw new Untranslatable("no ES module");
    const body = await moduleBody(/\.[cm]?ts$/.test(path) ? withoutTypes(text) : text);
    const values = new Map<string, unknown>();
    for (const one of body.imports) {
      const exports = await this.#load(one.specifier, url, [...importers, url]);
      for (const [local, value] of taken(one, exports)) values.set(local, value);
    }
    let exports: Exports = {};
    const own = {
      [names.import]: (specifier: unknown) => this.#load(String(specifier), url, []),
      [names.meta]: metaOf(url),
      [names.exports]: (made: Exports) => (exports = made),
    };
    for (const [name, value] of Object.entries(own)) values.set(name, value);
    const head = `"use strict";return(async()=>{let ${names.default};${names.exports}(${body.exports});`;
    const run = compileFunction(`${head}${body.text}\n})()`, [...values.keys()], {
      filename: path,
      columnOffset: -head.length,
    }) as (...values: unknown[]) => Promise<void>;
    await run(...values.values());
    return exports;
  }

  async #load(specifier: string, parent: string, importers: readonly string[]): Promise<Exports> {
    if (!/^(?:\.{1,2}\/|\/|file:)/.test(specifier)) return importPackage(specifier, parent);
    const path = realpathSync(fileURLToPath(new URL(specifier, parent)));
    const url = pathToFileURL(path).href;
    return isOfPackage(path) ? importPackage(url, parent) : this.#import(url, importers);
  }
}

function taken(
  { specifier, bindings }: ModuleImport,
  exports: Exports,
): readonly (readonly [string, unknown])[] {
  return bindings.map(({ local, imported }) => {
    if (imported === undefined) return [local, exports];
    if (!(imported in exports)) throw new SyntaxError(`${specifier} does not export ${imported}`);
    return [local, exports[imported]];
  });
}

function metaOf(url: string): object {
  const filename = fileURLToPath(url);
  const resolve = (specifier: string) =>
    /^(?:\.{1,2}\/|\/)/.test(specifier)
      ? new URL(specifier, url).href
      : pathToFileURL(createRequire(url).resolve(specifier)).href;
  return { url, filename, dirname: dirname(filename), resolve, main: false };
}

/** Blanks stand for the types, so that lines and columns stay. */
function withoutTypes(text: string): string {
  const { emitWarning } = process;
  // It is the same that `import` does, where Node has no warning.
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(text);
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** Makes Node forget a CommonJS file and those that it has required, but for packages. */
function forgetRequired(path: string): void {
  const { cache } = createRequire(path);
  const module = cache[path];
  if (module === undefined) return;
  delete cache[path];
  for (const { filename } of module.children) if (!isOfPackage(filename)) forgetRequired(filename);
}

function isOfPackage(path: string): boolean {
  return /[\\/]node_modules[\\/]/.test(path);
}

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import nodePath, { basename, dirname, resolve, type PlatformPath } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { nearestName } from "../kit/options.ts";
import { codeFrame, FaultyText, placeAt, type Place } from "./code-frame.ts";
import { filesOfUser } from "./module-hooks.ts";

/** A fault in a file of the user. */
interface Found {
  readonly file: string;
  readonly place: Place;
}

/** What went wrong while a config was loaded, with the lines around it. `packages` are the known names of official packages. */
export function loadFault(path: string, thrown: unknown, packages: readonly string[]): string {
  const missing = missingImport(thrown, packages);
  const message = missing?.message ?? messageOf(thrown) + exportAdvice(thrown);
  const found = missing?.found ?? placeIn(path, thrown);
  return found === undefined ? message : `${message}\n\n${frameOf(found)}`;
}

/** The lines around a place in a file. */
function frameOf({ file, place }: Found): string {
  return codeFrame(shownPath(file, process.cwd()), readFileSync(file, "utf8"), place);
}

/** A path as people read it: relative where it lies below `folder`. On Windows it may lie on another drive. */
export function shownPath(file: string, folder: string, rules: PlatformPath = nodePath): string {
  const short = rules.relative(folder, file);
  const isBelow = !rules.isAbsolute(short) && short.split(rules.sep, 1)[0] !== "..";
  return isBelow ? short : file;
}

/** Whether what a module could not find is a file by its path, in the forms of Windows too, and no package. */
export function isFilePath(name: string): boolean {
  return /^(?:\.|\/|\\\\|[A-Za-z]:[/\\])/.test(name);
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

function placeIn(path: string, thrown: unknown): Found | undefined {
  if (thrown instanceof FaultyText) return { file: path, place: thrown.place };
  if (!(thrown instanceof Error)) return undefined;
  return shownByNode(thrown) ?? frameInStack(thrown) ?? syntaxFault(thrown);
}

/** Node begins the stack of some syntax errors with the place, the line and carets. */
function shownByNode({ stack = "" }: Error): Found | undefined {
  const shown = /^(?<at>\S.*):(?<line>\d+)\n(?<code>(?:.*\n){1,2}?)(?<blank>\s*)\^+\s*\n/.exec(
    stack,
  );
  if (shown?.groups === undefined) return undefined;
  const { at = "", line, blank = "" } = shown.groups;
  const file = fileOf(at);
  // Node may show the line before the fault, too; its number is that of the fault.
  return file === undefined
    ? undefined
    : { file, place: { line: Number(line), column: blank.length + 1 } };
}

/** The innermost frame that is in a file of the user: an exception at top level, or options that a plugin refused. */
function frameInStack({ stack = "" }: Error): Found | undefined {
  for (const [, at = "", line, column] of stack.matchAll(
    /^ +at .*?\(?([^()\s][^()]*):(\d+):(\d+)\)?$/gm,
  )) {
    const file = fileOf(at.replace(/^async /, ""));
    if (file !== undefined && filesOfUser().has(pathToFileURL(file).href)) {
      return { file, place: { line: Number(line), column: Number(column) } };
    }
  }
  return undefined;
}

/** Where V8 does not say where a module's syntax is wrong, Node's own check does. */
function syntaxFault(thrown: Error): Found | undefined {
  if (!(thrown instanceof SyntaxError)) return undefined;
  for (const url of filesOfUser()) {
    const file = fileOf(url);
    if (file === undefined || !/\.m?js$/.test(file)) continue;
    const { stderr } = spawnSync(process.execPath, ["--check", "--input-type=module", "-"], {
      input: readFileSync(file),
      encoding: "utf8",
      env: { ...process.env, NODE_OPTIONS: "" },
    });
    const shown = /^\[stdin\]:(?<line>\d+)\n.*\n(?<blank>\s*)\^/m.exec(stderr)?.groups;
    if (shown !== undefined) {
      const column = (shown["blank"] ?? "").length + 1;
      return { file, place: { line: Number(shown["line"]), column } };
    }
  }
  return undefined;
}

function fileOf(at: string): string | undefined {
  try {
    const file = at.startsWith("file:") ? fileURLToPath(at) : at;
    return existsSync(file) ? file : undefined;
  } catch {
    return undefined;
  }
}

interface MissingImport {
  readonly message: string;
  readonly found: Found | undefined;
}

/** An import that leads nowhere: what was meant, or how to install it. */
function missingImport(thrown: unknown, packages: readonly string[]): MissingImport | undefined {
  const groups =
    /^Cannot find (?<kind>package|module) '(?<name>[^']+)'(?: imported from (?<from>.+)|\nRequire stack:\n- (?<by>.+))/.exec(
      messageOf(thrown),
    )?.groups;
  if (groups === undefined) return undefined;
  const { name = "", from = groups["by"] ?? "" } = groups;
  const importer = fileOf(from);
  // What is imported is absolute in the message, what is required stands as it is written.
  const isFile = groups["kind"] === "module" && isFilePath(name);
  const path = resolve(dirname(from), name);
  const found =
    importer === undefined ? undefined : importPlace(importer, isFile ? basename(name) : name);
  const message = isFile
    ? `There is no file ${path}.${meantFile(path)}`
    : `Cannot find package '${name}'. ${packageAdvice(name, packages)}`;
  return { message, found };
}

export function packageAdvice(name: string, packages: readonly string[]): string {
  const meant = packages.includes(name) ? undefined : nearestName(name, packages);
  return meant === undefined ? `Install it with: npm install ${name}` : `Did you mean ${meant}?`;
}

function meantFile(path: string): string {
  const folder = dirname(path);
  const name = basename(path);
  // Of a few letters, nearly every name is two letters away.
  const names = name.length > 4 && existsSync(folder) ? readdirSync(folder) : [];
  const meant = nearestName(name, names);
  return meant === undefined ? "" : ` Did you mean ${meant}?`;
}

function importPlace(file: string, name: string): Found | undefined {
  const text = readFileSync(file, "utf8");
  const position = text.search(
    new RegExp(
      String.raw`(?<=["'])(?:[^"'\n]*/)?${name.replaceAll(/[^\w\s]/g, String.raw`\$&`)}["']`,
    ),
  );
  return position === -1 ? undefined : { file, place: placeAt(text, position) };
}

/** Node's message about a name that a module does not export, and what was meant. */
function exportAdvice(thrown: unknown): string {
  const groups =
    /module '(?<from>@?agproxy[^']*)' does not provide an export named '(?<name>\w+)'/.exec(
      messageOf(thrown),
    )?.groups;
  if (groups === undefined) return "";
  const { from = "", name = "" } = groups;
  const word = from
    .replace(/^.*plugin-/, "")
    .replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  const known = from.startsWith("@agproxy/plugin-")
    ? [word]
    : ["defaults", "defineConfig", "definePlugin"];
  const meant = nearestName(name, known) ?? (known.length === 1 ? word : undefined);
  return meant === undefined ? "" : `. Did you mean ${meant}?`;
}

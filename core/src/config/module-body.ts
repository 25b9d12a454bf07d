import { type DirectExport, type Import, init, parse, type StaticImport } from "es-module-lexer";

/** One name that a module takes from another; `imported` is undefined for the namespace. */
interface Binding {
  readonly local: string;
  readonly imported: string | undefined;
}

/** An import of a module, in the order in which they are evaluated. */
export interface ModuleImport {
  readonly specifier: string;
  readonly bindings: readonly Binding[];
}

/** The text of an ES module as the body of a function. */
export interface ModuleBody {
  /** The same text with everything at its place; in it, `names` stand for what the module imports and exports. */
  readonly text: string;
  readonly imports: readonly ModuleImport[];
  /** The code of an object whose getters are the exports. */
  readonly exports: string;
}

/** What stands in a body for what only modules have; each is as long as what it replaces. */
export const names = {
  import: "__agim",
  meta: "__agim_meta",
  default: "__agd",
  exports: "__agexports",
} as const;

/** A module that a function cannot stand for. */
export class Untranslatable extends Error {}

/**
 * Takes an ES module apart. Throws `Untranslatable` for what needs a real one: names that change after the import, and
 * exports of another module's.
 */
export async function moduleBody(source: string): Promise<ModuleBody> {
  await init();
  const [imports, exports] = parse(source);
  if (source.startsWith("#!")) throw new Untranslatable("a first line for the shell");
  const text = new Overwritten(source);
  const taken = imports.flatMap((each) => replaceImport(each, text) ?? []);
  const getters = exports.map((each) => {
    if (each.type !== "direct") throw new Untranslatable("an export of another module's");
    return replaceExport(each, text);
  });
  return { text: text.text, imports: taken, exports: `{ ${getters.join(", ")} }` };
}

/** A text in which parts are replaced by others of the same length, so that lines and columns stay. */
class Overwritten {
  text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** Writes `part` at `start`, and blanks up to `end`. */
  put(start: number, end: number, part = ""): void {
    const blank = this.text.slice(start + part.length, end).replaceAll(/[^\n\r]/g, " ");
    this.text = this.text.slice(0, start) + part + blank + this.text.slice(end);
  }
}

/** What a static import takes; the others are replaced by what does the same. */
function replaceImport(found: Import, text: Overwritten): ModuleImport | undefined {
  const { type, importStart: start, importEnd: end } = found;
  const word = text.text.slice(start, end);
  if (type === "import-meta" && word === "import.meta") {
    text.put(start, end, names.meta);
    return undefined;
  }
  if (type === "dynamic" && found.phase === null) {
    text.put(start, start + names.import.length, names.import);
    return undefined;
  }
  if (type !== "static" || found.phase !== null || !word.startsWith("import")) {
    throw new Untranslatable("an unusual import");
  }
  text.put(start, end);
  return { specifier: found.specifier, bindings: bindingsOf(word, found) };
}

/** Names in `import a, { b as c } from "d"` and `import * as e from "f"`. */
function bindingsOf(word: string, { importStart, start }: StaticImport): readonly Binding[] {
  const clause = word
    .slice("import".length, start - importStart - 1)
    .replaceAll(/\/\*[^]*?\*\/|\/\/[^\n]*/g, " ")
    .replace(/\bfrom\s*$/, "");
  const groups =
    /^\s*(?:(?<main>[\w$]+)\s*,?)?\s*(?:\*\s*as\s+(?<space>[\w$]+)|\{(?<list>[^}]*)\})?\s*$/.exec(
      clause,
    )?.groups;
  if (groups === undefined) throw new Untranslatable("an unusual import");
  const { main, space, list = "" } = groups;
  return [
    ...(main === undefined ? [] : [{ local: main, imported: "default" }]),
    ...(space === undefined ? [] : [{ local: space, imported: undefined }]),
    ...list
      .split(",")
      .filter((part) => part.trim() !== "")
      .map(listed),
  ];
}

function listed(part: string): Binding {
  const { imported, local = imported } =
    /^\s*(?<imported>[\w$]+)(?:\s+as\s+(?<local>[\w$]+))?\s*$/.exec(part)?.groups ?? {};
  if (imported === undefined || local === undefined) throw new Untranslatable("an unusual import");
  return { local, imported };
}

/** Whether a name may get another value: who imported it would not see that. */
function isReassigned(name: string, text: string): boolean {
  const bare = name.replaceAll("$", String.raw`\$`);
  return new RegExp(String.raw`\b(?:let|var)\b[^;=]*(?<![\w$])${bare}(?![\w$])`).test(text);
}

/** Takes the words away that make an export of a declaration. Returns the getter of what is exported. */
function replaceExport(
  { name, localName, exportStart: start, end }: DirectExport,
  text: Overwritten,
): string {
  const isDefault = name === "default" && text.text.startsWith("export", start);
  const local = localName ?? names.default;
  const getter = `get ${JSON.stringify(name)}() { return ${local}; }`;
  if (!text.text.startsWith("export", start)) return getter; // Another name of the same statement.
  if (local !== names.default && isReassigned(local, text.text)) {
    throw new Untranslatable("an export that changes");
  }
  const list = /^export\s*\{[^}]*\}/.exec(text.text.slice(start))?.[0];
  if (list !== undefined) text.put(start, start + list.length);
  else if (isDefault && localName === undefined) text.put(start, end, `${names.default}=`);
  else if (isDefault) text.put(start, end);
  else text.put(start, start + "export".length);
  return getter;
}

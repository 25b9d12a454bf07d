import { placeAt, type Place } from "./code-frame.ts";

/**
 * Where a config file sets a key, given as the names that lead to it; undefined where the text does not tell. It knows no
 * syntax but that of keys and texts, which is the same in TypeScript, JSON and YAML.
 */
export function keyPlace(text: string, path: readonly string[]): Place | undefined {
  const plain = withoutComments(text);
  let position = 0;
  for (const name of path) {
    const found = keyPattern(name, position).exec(plain);
    if (found === null) return position === 0 ? undefined : placeAt(text, position);
    position = found.index;
  }
  return path.length === 0 ? undefined : placeAt(text, position);
}

/** Where a plugin is named: `["rotation", …]`, `"rotation": { … }`, `- rotation`, or its call. */
function namePlace(text: string, name: string): number | undefined {
  const found = new RegExp(String.raw`(?<![\w-])["']?${escaped(name)}["']?(?![\w-])`).exec(
    withoutComments(text),
  );
  return found?.index;
}

/** The place of an option of a plugin that is named by a text; the plugin's own where the option is not found. */
export function optionPlace(
  text: string,
  plugin: string,
  path: readonly string[],
): Place | undefined {
  const start = namePlace(text, plugin);
  if (start === undefined) return undefined;
  const blank = text.slice(0, start).replaceAll(/[^\n]/g, " ");
  return keyPlace(blank + text.slice(start), path) ?? placeAt(text, start);
}

function keyPattern(name: string, from: number): RegExp {
  return new RegExp(
    String.raw`(?<=^[^]{${from},})(?<![\w.$-])(?:"${escaped(name)}"|'${escaped(name)}'|${escaped(name)})\s*:`,
  );
}

function withoutComments(text: string): string {
  return text.replaceAll(/(?<![:"'\w])\/\/[^\n]*|\/\*[^]*?\*\/|(?<=^|\s)#[^\n]*/g, (found) =>
    found.replaceAll(/[^\n]/g, " "),
  );
}

function escaped(name: string): string {
  return name.replaceAll(/[^\w\s]/g, String.raw`\$&`);
}

import { ConfigError } from "../config/settings.ts";
import { exportName } from "../config/plugin-name.ts";

/** What a new plugin is called in each place. */
export interface PluginNames {
  /** Of its package: `agproxy-plugin-my-notes`. */
  readonly package: string;
  /** Of its folder: the package without its scope. */
  readonly folder: string;
  /** In the log and in taps: `my-notes`. */
  readonly plugin: string;
  /** Of its factory: `myNotes`. */
  readonly factory: string;
}

/** Words that JavaScript keeps to itself: no function can have such a name. */
const reserved: ReadonlySet<string> = new Set(
  "await break case catch class const continue debugger default delete do else enum export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof var void while with yield".split(
    " ",
  ),
);

/** The names of a plugin that is asked for as `my-notes`, `agproxy-plugin-my-notes` or `@me/my-notes`. Throws a `ConfigError`. */
export function pluginNames(asked: string): PluginNames {
  const { scope = "", name = "" } =
    /^(?<scope>@[a-z0-9][a-z0-9._-]*\/)?(?<name>.*)$/s.exec(asked)?.groups ?? {};
  const plugin = name.replace(/^(?:agproxy-)?plugin-/, "");
  const factory = exportName(plugin);
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(plugin) || reserved.has(factory)) {
    throw new ConfigError(
      `"${asked}" cannot be the name of a plugin. Write it in small letters with hyphens, and not as a word of JavaScript: agproxy create-plugin my-notes, or @me/my-notes.`,
    );
  }
  const folder = scope === "" ? `agproxy-plugin-${plugin}` : name;
  return { package: scope + folder, folder, plugin, factory };
}

/** Texts of files by their paths. */
type Files = ReadonlyMap<string, string>;

/** The files of a plugin with these names, made of another plugin's. Without the license: whose the new plugin is, its author says. */
export function pluginFiles(template: Files, names: PluginNames): Files {
  const { license: _, ...manifest } = JSON.parse(template.get("package.json") ?? "{}") as Manifest;
  const old = { package: manifest.name, plugin: exportName(manifest.name) };
  const files = new Map([[".gitignore", "node_modules/\ndist/\n*.tgz\n"]]);
  for (const [path, text] of template) {
    if (path === "LICENSE") continue;
    const whole = path === "package.json" ? outside(manifest) : text;
    files.set(path, renamed(whole, old, names));
  }
  return files;
}

interface Manifest {
  readonly name: string;
  readonly license?: string;
  readonly files: readonly string[];
  readonly exports: { readonly ".": Readonly<Record<string, string>> };
}

/** A manifest without what makes its package a template: its sources, also as what a repository's packages find of each other. */
function outside(manifest: Manifest): string {
  const { "@agproxy/source": _, ...entry } = manifest.exports["."];
  const files = manifest.files.filter((name) => /dist/.test(name));
  const exports = { ".": entry };
  return `${JSON.stringify({ ...manifest, files, exports }, null, 2)}\n`;
}

/** In quotes stands the plugin's name, elsewhere its factory's; types of the factory begin with a capital. */
function renamed(
  text: string,
  old: { readonly package: string; readonly plugin: string },
  names: PluginNames,
): string {
  return text
    .replaceAll(old.package, names.package)
    .replaceAll(`"${old.plugin}"`, `"${names.plugin}"`)
    .replaceAll(new RegExp(`\\b${old.plugin}\\b`, "g"), names.factory)
    .replaceAll(new RegExp(`\\b${capital(old.plugin)}(?=[A-Z])`, "g"), capital(names.factory));
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

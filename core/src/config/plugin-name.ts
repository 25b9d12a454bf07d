import { nearestName } from "../kit/options.ts";

/** How a config names a plugin: by the path of its file, or by its package. */
export interface PluginName {
  readonly kind: "path" | "package";
  readonly name: string;
}

/**
 * What the name of a plugin means. A bare word is an official plugin, and never a package of that name: whoever registers it
 * would be run. Throws an error where it is none of `official`; undefined stands for any.
 */
export function readPluginName(
  written: string,
  official: readonly string[] | undefined,
): PluginName {
  if (isPath(written)) return { kind: "path", name: written };
  if (!isShortName(written)) return { kind: "package", name: written };
  if (official === undefined || official.includes(written)) {
    return { kind: "package", name: `@agproxy/plugin-${written}` };
  }
  const bare = written.replace(/^plugin-/, "");
  const meant = official.includes(bare) ? bare : nearestName(written, official);
  const advice =
    meant === undefined ? `There are: ${official.join(", ")}.` : `Did you mean ${meant}?`;
  throw new Error(
    `there is no official plugin "${written}". ${advice} Other plugins go by their full name, such as "agproxy-plugin-${bare}", or by a path, such as "./${bare}.js".`,
  );
}

/** Whether a name is a path, also in the forms of Windows. */
function isPath(name: string): boolean {
  return /^(?:\.{1,2}(?:[/\\]|$)|[/\\]|[A-Za-z]:[/\\])/.test(name);
}

/** Whether a name is one of an official plugin. `agproxy-plugin-x` is the form in which others publish, `node:x` is Node's own. */
export function isShortName(name: string): boolean {
  return !isPath(name) && !/[/:@]/.test(name) && !name.startsWith("agproxy-plugin-");
}

/** The function that a package or a file exports: `@agproxy/plugin-model-mapping` → `modelMapping`. */
export function exportName(name: string): string {
  const bare = name
    .replace(/^.*[/\\]/, "")
    .replace(/^(?:agproxy-)?plugin-/, "")
    .replace(/\.\w+$/, "");
  return bare.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

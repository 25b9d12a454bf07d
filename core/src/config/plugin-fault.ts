import { codeFrame, type Place } from "./code-frame.ts";
import { keyPlace, optionPlace } from "./key-place.ts";
import { ConfigError, type ConfigText } from "./settings.ts";

/** An error about the list of plugins, with the lines where it begins. */
export function listFault(file: ConfigText, message: string): ConfigError {
  return framed(file, message, keyPlace(file.text, ["plugins"]));
}

/** How plugins are listed, in the language of the file. */
export function listForms(file: string): string {
  return /\.(?:json|ya?ml)$/.test(file)
    ? '"plugins": ["guard", …], or "plugins": { "preset": "default" }'
    : "plugins: [guard(), …], or plugins: defaults()";
}

/** An error about the plugin that is `named` so, with its lines in the config. */
export function pluginFault(
  file: ConfigText,
  message: string,
  cause: unknown,
  named?: string,
): ConfigError {
  const option = /`(?<path>[\w.-]+)`/.exec(message)?.groups?.["path"] ?? "";
  const path = option.split(".").filter((part) => part !== "" && !/^\d+$/.test(part));
  const place = named === undefined ? undefined : optionPlace(file.text, named, path);
  return framed(file, message, place, cause);
}

function framed(
  { name, text }: ConfigText,
  message: string,
  place: Place | undefined,
  cause?: unknown,
): ConfigError {
  const frame = place === undefined ? "" : `\n\n${codeFrame(name, text, place)}`;
  return new ConfigError(message + frame, { cause });
}

import { isAbsolute } from "node:path";
import { readOptions, stateFile, wrongOption } from "@agproxy/core";
import * as v from "valibot";

export interface DashboardOptions {
  /** What opens the page, of 16 characters at least. Default: a fresh one, kept in `file`. */
  readonly key?: string | undefined;
  /** The absolute path of the file that keeps a fresh key. Default: `dashboard.key` in the user's state folder. */
  readonly file?: string;
}

const shortest = 16;

const schema = v.strictObject({
  // Checked here: an error about a key must never repeat it.
  key: v.optional(v.unknown()),
  file: v.optional(v.string()),
});

/** The options with their defaults. */
export interface DashboardSettings {
  readonly key: string | undefined;
  readonly file: string;
}

/** Reads the options. Throws an error that names the option and repeats no key. */
export function readDashboardOptions(options: DashboardOptions): DashboardSettings {
  const example = "dashboard({ key: process.env.AGPROXY_DASHBOARD_KEY })";
  const { key, file } = readOptions("dashboard", schema, options, example);
  if (key !== undefined && (typeof key !== "string" || key.length < shortest)) {
    throw wrongOption("dashboard", "key", `must be a text of ${shortest} characters`, example);
  }
  if (file !== undefined && !isAbsolute(file)) {
    // The command and the gateway may run in different folders, and must mean one file.
    const fault = `is "${file}" and must be an absolute path`;
    throw wrongOption(
      "dashboard",
      "file",
      fault,
      'dashboard({ file: "/var/lib/agproxy/page.key" })',
    );
  }
  return { key, file: file ?? stateFile("dashboard.key") };
}

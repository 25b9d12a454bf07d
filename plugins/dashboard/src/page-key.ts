import { randomBytes } from "node:crypto";
import { PrivateFile } from "@agproxy/core";
import type { DashboardSettings } from "./options.ts";

/** The key that opens the page: the config's, or the one of the file, which is made where there is none. */
export async function pageKey({ key, file }: DashboardSettings): Promise<string> {
  if (key !== undefined) return key;
  const kept = keyFile(file);
  const known = kept.read();
  if (known !== "") return known;
  try {
    await kept.change((other) => other || `agd-${randomBytes(32).toString("base64url")}`);
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new Error(
      `dashboard: its key cannot be kept in ${file} (${why}). Give it one: dashboard({ key: process.env.AGPROXY_DASHBOARD_KEY })`,
      { cause: thrown },
    );
  }
  return kept.read();
}

/** Only its owner can read it. */
function keyFile(path: string): PrivateFile<string> {
  return new PrivateFile(path, {
    what: "key of the dashboard",
    empty: "",
    read: (text) => text.trim(),
    write: (key) => `${key}\n`,
  });
}

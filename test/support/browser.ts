import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

/** Where systems have a Chromium. Debian's package is `chromium`. */
const places = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

const executablePath = places.find((path) => existsSync(path));

/** Why there is no browser; false where there is one. */
export const noBrowser =
  executablePath === undefined ? `no Chromium at ${places.join(", ")}` : false;

/** The machine's own Chromium. */
export function openBrowser(): Promise<Browser> {
  // In a container nobody but root may be there, and root has no sandbox.
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({ executablePath: executablePath ?? "", args });
}

import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const own = createRequire(import.meta.url).resolve("../package.json");

/**
 * The command of the agproxy that the config's folder has itself, as a URL; undefined where this one is to run. The plugins in
 * that folder were installed to fit it.
 */
export function localCommand(args) {
  const folder = configFolder(args);
  let manifest;
  try {
    manifest = createRequire(join(folder, "agproxy.config.js")).resolve("agproxy/package.json");
  } catch {
    return undefined;
  }
  if (manifest === own || !isTrusted(manifest)) return undefined;
  const { bin, version } = JSON.parse(readFileSync(manifest, "utf8"));
  const ours = JSON.parse(readFileSync(own, "utf8")).version;
  if (version !== ours) {
    process.stderr.write(
      `agproxy ${ours} runs agproxy ${version}, which is in ${dirname(manifest)}\n`,
    );
  }
  return pathToFileURL(join(dirname(manifest), bin.agproxy)).href;
}

/** Where the config lies; the directory itself where no file is named. */
function configFolder(args) {
  const index = args.indexOf("--config");
  const named = args.find((arg) => arg.startsWith("--config="))?.slice("--config=".length);
  const file = index === -1 ? named : args[index + 1];
  return file === undefined ? process.cwd() : dirname(resolve(file));
}

/** Folders above may belong to others, whose code must not run with the rights of this user. */
function isTrusted(path) {
  const user = process.getuid?.();
  const { uid } = statSync(path);
  return user === undefined || uid === user || uid === 0;
}

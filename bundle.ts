/** Makes `dist` of every package: each of its entries is one file, and so is what is loaded only when it is needed. */
import { readFileSync, rmSync } from "node:fs";
import { glob } from "node:fs/promises";
import { dirname, join } from "node:path";
import { build } from "esbuild-wasm";

interface Manifest {
  readonly exports: Readonly<Record<string, Entry | string>>;
  readonly imports?: Readonly<Record<string, Entry | string>>;
}

interface Entry {
  readonly "@agproxy/source": string;
}

for await (const path of glob(["package.json", "core/package.json", "plugins/*/package.json"])) {
  const folder = dirname(path);
  const { exports, imports } = JSON.parse(readFileSync(path, "utf8")) as Manifest;
  // A text is a file that is not built, such as package.json itself.
  const entries = Object.values({ ...exports, ...imports }).filter(isBuilt);
  for await (const old of glob(join(folder, "dist/**/*.js"))) rmSync(old);
  await build({
    absWorkingDir: join(import.meta.dirname, folder),
    entryPoints: entries.map((entry) => entry["@agproxy/source"]),
    outdir: "dist",
    bundle: true,
    splitting: true,
    chunkNames: "[name]-[hash]",
    packages: "external",
    format: "esm",
    platform: "node",
    target: "node22",
  });
}

function isBuilt(entry: Entry | string): entry is Entry {
  return typeof entry !== "string";
}

/** Makes `dist` of every package: each of its entries is one file, and so is what is loaded only when it is needed. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { glob } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
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
  const { "#page": page, ...others } = imports ?? {};
  const entries = Object.values({ ...exports, ...others }).filter(isBuilt);
  for await (const old of glob(join(folder, "dist/**/*.js"))) rmSync(old);
  await build({
    absWorkingDir: join(import.meta.dirname, folder),
    entryPoints: entries.map((entry) => entry["@agproxy/source"]),
    outdir: "dist",
    bundle: true,
    splitting: true,
    chunkNames: "[name]-[hash]",
    packages: "external",
    external: ["#page"],
    format: "esm",
    platform: "node",
    target: "node22",
  });
  if (page !== undefined && isBuilt(page)) await writePage(folder, page["@agproxy/source"]);
}

/** Puts the files of a page in the place of the module that makes them in a clone. */
async function writePage(folder: string, source: string): Promise<void> {
  const made = pathToFileURL(join(import.meta.dirname, folder, source)).href;
  const { builtPage } = (await import(made)) as { readonly builtPage: () => Promise<unknown> };
  const files = JSON.stringify(await builtPage());
  const module = `const files = ${files};\nexport async function builtPage() {\n  return files;\n}\n`;
  writeFileSync(join(folder, "dist", basename(source).replace(/\.ts$/, ".js")), module);
}

function isBuilt(entry: Entry | string): entry is Entry {
  return typeof entry !== "string";
}

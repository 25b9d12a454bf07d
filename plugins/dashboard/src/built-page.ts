import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** A file of the page. Its name has the digest of its content. */
export interface PageFile {
  readonly name: string;
  readonly type: string;
  readonly text: string;
}

const source = join(import.meta.dirname, "../page");
/** What goes into the page, under licences that want to be with it. */
const libraries = ["preact", "@preact/signals", "@preact/signals-core", "uplot"];

let built: Promise<readonly PageFile[]> | undefined;

/**
 * The files of the page, made of `page/`: in a clone when somebody opens it, and for a release by `npm run build`, which puts
 * a module with the result in the place of this one.
 */
export function builtPage(): Promise<readonly PageFile[]> {
  built ??= build();
  return built;
}

async function build(): Promise<readonly PageFile[]> {
  const esbuild = await import("esbuild-wasm");
  const { outputFiles } = await esbuild.build({
    absWorkingDir: source,
    entryPoints: ["app.tsx", "app.css"],
    outdir: "out",
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: ["es2022", "chrome111", "firefox115", "safari16.4"],
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "none",
  });
  const script = outputFiles.find(({ path }) => path.endsWith(".js"))?.text ?? "";
  const style = outputFiles.find(({ path }) => path.endsWith(".css"))?.text ?? "";
  const icon = await readFile(join(source, "icon.svg"), "utf8");
  return [
    pageFile("app", "js", "text/javascript; charset=utf-8", (await licences()) + script),
    pageFile("app", "css", "text/css; charset=utf-8", style),
    pageFile("icon", "svg", "image/svg+xml", icon),
  ];
}

function pageFile(name: string, extension: string, type: string, text: string): PageFile {
  const digest = createHash("sha256").update(text).digest("hex").slice(0, 12);
  return { name: `${name}-${digest}.${extension}`, type, text };
}

async function licences(): Promise<string> {
  const { resolve } = createRequire(import.meta.url);
  const texts = await Promise.all(
    libraries.map(async (name) => {
      const licence = await readFile(join(dirname(resolve(name)), "../LICENSE"), "utf8");
      return `${name}\n\n${licence}`;
    }),
  );
  return `/*!\n${texts.join("\n").replaceAll("*/", "* /")}*/\n`;
}

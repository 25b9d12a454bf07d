import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** The folder of files that `agproxy init` writes. */
export const templates = join(
  // By the package's own name: sources and what is built from them lie at different depths.
  dirname(createRequire(import.meta.url).resolve("@agproxy/core/package.json")),
  "templates",
);

import { createRequire } from "node:module";

// By the package's name, because sources and built files lie at different depths.
const manifest: unknown = createRequire(import.meta.url)("@agproxy/core/package.json");

/** The version of the package `agproxy`. */
export const version = (manifest as { readonly version: string }).version;

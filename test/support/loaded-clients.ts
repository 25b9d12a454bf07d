/** Loaded before a program: says at its end which HTTP clients it has loaded by then. */
import { writeSync } from "node:fs";
import { createRequire } from "node:module";

const { cache } = createRequire(import.meta.url);

process.once("exit", () => {
  // Node has it for its own tests, and no type for it.
  const loaded: unknown = Reflect.get(process, "moduleLoadList");
  if (!Array.isArray(loaded)) throw new Error("This Node does not say what it has loaded.");
  const own = loaded.filter((name) => String(name).includes("deps/undici"));
  const packages = Object.keys(cache).filter((file) => file.includes("/node_modules/undici/"));
  writeSync(2, `HTTP clients: ${own.length} of Node, ${packages.length} files of undici\n`);
});

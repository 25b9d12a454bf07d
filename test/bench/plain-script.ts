import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import { here } from "./child.ts";

/** Inside `node_modules`, so that what the scripts import is found. */
const folder = here("../../node_modules/.cache/agproxy-bench");

/**
 * A file of the bench as JavaScript. Left to Node, the compiler that removes the types would count into the start
 * and the memory of programs that have no use for it.
 */
export function plainScript(name: string): string {
  const source = readFileSync(here(`${name}.ts`), "utf8");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.mjs`);
  writeFileSync(file, stripTypeScriptTypes(source));
  return file;
}

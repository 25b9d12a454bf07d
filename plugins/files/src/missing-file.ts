import type { AgproxyError } from "@agproxy/core";
import { FileNotFound } from "./errors.ts";

/** Also the answer for another caller's file, which nobody is to learn of. */
export function noSuchFile(id: string, param?: string): AgproxyError {
  const shown = JSON.stringify(id.slice(0, 100));
  const message = `This API key has no file ${shown} here.`;
  return new FileNotFound(message, param === undefined ? {} : { param });
}

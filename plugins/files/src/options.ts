import * as v from "valibot";
import { defaultHeldBytes, readOptions } from "@agproxy/core";

export interface FilesOptions {
  /** Largest file, in bytes. Default: 20 MiB. */
  readonly maxBytes?: number;
  /** All files of a caller together, in bytes. Default: 20 MiB. */
  readonly maxCallerBytes?: number;
  /** All files of all callers together, in bytes. Default: 40 MiB, which the store in memory can hold. */
  readonly maxTotalBytes?: number;
  /** How many files a caller may have. Default: 1000. */
  readonly maxFiles?: number;
  /** How long a file is kept, in days. Default: 30. */
  readonly keepDays?: number;
  /** All files that one request names, in bytes, each as often as it is named. Default: 64 MiB. */
  readonly maxRequestBytes?: number;
  /** All files that requests hold at a time, in bytes; one caller may have half. Default: an eighth of the heap. */
  readonly maxHeldBytes?: number;
  /** Ids that the upstream knows; `*` stands for anything. */
  readonly leave?: readonly string[];
}

const mebibyte = 1024 * 1024;
const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const schema = v.strictObject({
  maxBytes: v.optional(count, 20 * mebibyte),
  maxCallerBytes: v.optional(count, 20 * mebibyte),
  maxTotalBytes: v.optional(count, 40 * mebibyte),
  maxFiles: v.optional(v.pipe(count, v.maxValue(10_000)), 1000),
  keepDays: v.optional(v.pipe(v.number(), v.gtValue(0)), 30),
  maxRequestBytes: v.optional(count, 64 * mebibyte),
  maxHeldBytes: v.optional(count, defaultHeldBytes),
  // Names and addresses of files at Google.
  leave: v.optional(v.array(v.string()), ["files/*", "*://*"]),
});

export type Settings = Readonly<v.InferOutput<typeof schema>>;

/** The options with their defaults. */
export function readFilesOptions(options: FilesOptions): Settings {
  return readOptions("files", schema, options, "files({ maxCallerBytes: 1_073_741_824 })");
}

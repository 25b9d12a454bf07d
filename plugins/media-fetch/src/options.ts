import * as v from "valibot";
import { defaultHeldBytes, readOptions } from "@agproxy/core";

export interface MediaFetchOptions {
  /** Whether links are fetched; `false` refuses them. Default: true. */
  readonly enabled?: boolean;
  /** Largest file, in bytes. Default: 20 MiB. */
  readonly maxBytes?: number;
  /** All files of a request together, in bytes. Default: 64 MiB. */
  readonly maxTotalBytes?: number;
  /** All files that requests hold at a time, in bytes; one caller may have half. Default: an eighth of the heap. */
  readonly maxHeldBytes?: number;
  /** How many different links a request may have. Default: 100. */
  readonly maxLinks?: number;
  /** How many different hosts they may be on. Default: 32. */
  readonly maxHosts?: number;
  /** How long all links of a request may take, in milliseconds. Default: 30 000. */
  readonly timeout?: number;
  /** Content types that are taken; `*` stands for anything. */
  readonly types?: readonly string[];
  /** Ports that are connected to. Default: 80 and 443. */
  readonly ports?: readonly number[];
  /** The only hosts that are asked; `*` stands for anything. Without it, any on the public internet. */
  readonly hosts?: readonly string[];
  /** Links that the upstream reads itself; `*` stands for anything. */
  readonly leave?: readonly string[];
}

/** Files that Gemini models read by their address, and nobody else could. */
const readByTheUpstream: readonly string[] = [
  "https://generativelanguage.googleapis.com/*/files/*",
  "https://www.youtube.com/*",
  "https://m.youtube.com/*",
  "https://youtube.com/*",
  "https://youtu.be/*",
];

const mebibyte = 1024 * 1024;
const count = v.pipe(v.number(), v.integer(), v.minValue(1));
// Node's timers take no longer delay.
const timeout = v.pipe(count, v.maxValue(2 ** 31 - 1));
const port = v.pipe(count, v.maxValue(65_535));
const texts = v.array(v.string());
const allTypes = ["image/*", "audio/*", "video/*", "application/pdf", "text/*"];
const schema = v.strictObject({
  enabled: v.optional(v.boolean(), true),
  maxBytes: v.optional(count, 20 * mebibyte),
  maxTotalBytes: v.optional(count, 64 * mebibyte),
  maxHeldBytes: v.optional(count, defaultHeldBytes),
  maxLinks: v.optional(count, 100),
  maxHosts: v.optional(count, 32),
  timeout: v.optional(timeout, 30_000),
  types: v.optional(texts, allTypes),
  ports: v.optional(v.array(port), [80, 443]),
  hosts: v.optional(texts),
  leave: v.optional(texts, [...readByTheUpstream]),
});

export type Settings = Readonly<v.InferOutput<typeof schema>>;

/** The options with their defaults. */
export function readMediaFetchOptions(options: MediaFetchOptions): Settings {
  const example = 'mediaFetch({ maxBytes: 20_971_520, hosts: ["*.example.com"] })';
  return readOptions("media-fetch", schema, options, example);
}

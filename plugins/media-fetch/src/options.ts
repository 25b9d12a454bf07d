import { z } from "zod";

export interface MediaFetchOptions {
  /** Whether links are fetched; `false` refuses them. Default: true. */
  readonly enabled?: boolean;
  /** Largest file, in bytes. Default: 20 MiB. */
  readonly maxBytes?: number;
  /** All files of a request together, in bytes. Default: 64 MiB. */
  readonly maxTotalBytes?: number;
  /** How many different links a request may have. Default: 100. */
  readonly maxLinks?: number;
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
const count = z.int("must be a whole number").min(1, "must be 1 or more");
const texts = z.array(z.string(), "must be a list of texts");
const schema = z.strictObject({
  enabled: z.boolean("must be true or false").default(true),
  maxBytes: count.default(20 * mebibyte),
  maxTotalBytes: count.default(64 * mebibyte),
  maxLinks: count.default(100),
  // A timer of Node takes no more.
  timeout: count.max(2 ** 31 - 1, "must be 2147483647 or less").default(30_000),
  types: texts.default(["image/*", "audio/*", "video/*", "application/pdf", "text/*"]),
  ports: z.array(count.max(65_535, "must be a port")).default([80, 443]),
  hosts: texts.optional(),
  leave: texts.default([...readByTheUpstream]),
});

export type Settings = Readonly<z.output<typeof schema>>;

/** The options with their defaults. Throws an error that names the option and how to write it. */
export function readOptions(options: MediaFetchOptions): Settings {
  const read = schema.safeParse(options);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const path = issue?.path.map(String).join(".") || "options";
  throw new Error(
    `media-fetch: ${path}: ${issue?.message ?? "is wrong"}. Write it like this: ` +
      `mediaFetch({ maxBytes: 20971520, hosts: ["*.example.com"] })`,
  );
}

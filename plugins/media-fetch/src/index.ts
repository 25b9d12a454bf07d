import type { Plugin } from "@agproxy/core";
import { createMediaFetch } from "./media-fetch.ts";
import type { MediaFetchOptions } from "./options.ts";

export type { MediaFetchOptions } from "./options.ts";

/** Fetches the images, audio, video and documents that a request links to, from the public internet only. */
export function mediaFetch(options: MediaFetchOptions = {}): Plugin {
  return createMediaFetch(options, (http) => http);
}

import { AgproxyError, createTurns, type Exchange, type SideCalls } from "@agproxy/core";
import { LinkedFilesBusy } from "./linked-files-busy.ts";
import { type Fetched, type Medium, fetchMedium, type Link } from "./medium-fetch.ts";
import type { Settings } from "./options.ts";
import { hostOf, Refusal, unusable } from "./refusal.ts";

/** How many links of one request are fetched at a time. */
const maxConcurrentFetches = 4;

/** The same for all requests of one caller; further links wait. */
const maxConcurrentFetchesPerCaller = 16;

/**
 * Fetches the content of links into `fetched`, each URL once. The first that fails stops the others.
 * Throws `invalid_request` that names the link's place in the request.
 */
export function collector(calls: SideCalls, settings: Settings) {
  const turns = createTurns(maxConcurrentFetchesPerCaller);
  return async (links: readonly Link[], fetched: Fetched, exchange: Asking): Promise<void> => {
    const { caller, incoming } = exchange;
    const left = incoming.signal;
    const missing = new Map<string, Link>();
    for (const link of links) {
      const isKnown = fetched.media.has(link.url) || missing.has(link.url);
      if (!isKnown) missing.set(link.url, link);
    }
    const queue = [...missing.values()];
    refuseMany(queue, settings);
    const late = AbortSignal.timeout(settings.timeout);
    const over = new AbortController();
    const signal = AbortSignal.any([left, late, over.signal]);
    const fetchOne = async (link: Link) => {
      try {
        const errand = { url: link.url, settings, fetched, signal };
        const medium = await turns(caller.id, signal, () => fetchMedium(calls, errand));
        fetched.media.set(link.url, medium);
      } catch (thrown) {
        if (left.aborted) throw gone(thrown);
        throw explained(link, thrown, late.aborted, settings.timeout);
      }
    };
    try {
      await inParallel(queue, fetchOne);
    } finally {
      over.abort();
    }
    refuseMuch(links, fetched, settings);
    for (const link of links) refusePage(link, fetched.media.get(link.url));
  };
}

type Asking = Pick<Exchange, "caller"> & {
  readonly incoming: Pick<Exchange["incoming"], "signal">;
};

/** Throws for the first link beyond what a request may ask of others: each host is a look-up that may take long. */
function refuseMany(queue: readonly Link[], { maxLinks, maxHosts }: Settings): void {
  const surplus = queue[maxLinks];
  if (surplus !== undefined) {
    throw unusable(surplus.param, `a request may link to ${maxLinks} files.`);
  }
  const hosts = new Set<string>();
  for (const { url, param } of queue) {
    hosts.add(URL.canParse(url) ? new URL(url).hostname : url);
    if (hosts.size > maxHosts) throw unusable(param, `a request may link to ${maxHosts} hosts.`);
  }
}

/** A file is read once and sent for each of its links. Throws for the first that makes it too much. */
function refuseMuch(links: readonly Link[], { media }: Fetched, { maxTotalBytes }: Settings): void {
  let bytes = 0;
  for (const { url, param } of links) {
    bytes += Buffer.byteLength(media.get(url)?.data ?? "", "base64");
    if (bytes > maxTotalBytes) {
      throw unusable(param, `with it the files are over ${maxTotalBytes} bytes.`);
    }
  }
}

function gone(cause: unknown): AgproxyError {
  return new AgproxyError("client_closed_request", undefined, { cause });
}

/** Runs over a list, a few at a time. */
async function inParallel<T>(list: readonly T[], run: (one: T) => Promise<void>): Promise<void> {
  const rest = list.values();
  const worker = async () => {
    for (const one of rest) await run(one);
  };
  await Promise.all(Array.from({ length: Math.min(maxConcurrentFetches, list.length) }, worker));
}

/** The failure in words for the client that sent the link. */
function explained(link: Link, thrown: unknown, isLate: boolean, timeout: number): AgproxyError {
  const host = hostOf(link.url);
  if (thrown instanceof Refusal) return unusable(link.param, thrown.message);
  if (isLate) return unusable(link.param, `${host} took longer than ${timeout} ms.`, thrown);
  if (!(thrown instanceof AgproxyError) || thrown instanceof LinkedFilesBusy) throw thrown;
  return unusable(link.param, wordsFor(thrown, host), thrown);
}

function wordsFor(error: AgproxyError, host: string): string {
  switch (error.code) {
    case "invalid_request":
    case "upstream_unreachable":
      return error.message;
    case "upstream_timeout":
      return `${host} did not answer in time.`;
    default:
      return `${host} broke off in the middle.`;
  }
}

/** An HTML page in place of a picture is usually a sign-in form; the model would read it as the picture. */
function refusePage({ url, param, media }: Link, medium: Medium | undefined): void {
  if (media === "file" || medium?.mimeType.startsWith("text/") !== true) return;
  throw unusable(param, `${hostOf(url)} sent ${medium.mimeType}, which is no ${media}.`);
}

/** A task of three turns for a client that runs tools: two calls at once, one after them, and an answer. */
import assert from "node:assert/strict";
import dns from "node:dns";
import { isIP } from "node:net";
import { mock } from "node:test";
import { at } from "./json-path.ts";
import type { Product } from "./product.ts";

/** Takes a call in the history only with the signature that came with it. */
export const model = "gemini-3.1-pro-preview";

export const prompt = "Use get_weather and get_time for Paris, then book_table in Rome.";

export const weather = { city: "Paris", temperature: 21 };
export const time = { city: "Paris", time: "12:00" };
export const table = { city: "Rome", booked: true };

/** Why a test is skipped; false where all packages are there. */
export function lacking(...packages: readonly string[]): string | false {
  const missing = packages.filter((name) => {
    try {
      import.meta.resolve(name);
      return false;
    } catch {
      return true;
    }
  });
  return missing.length === 0 ? false : `not installed: ${missing.join(", ")}`;
}

/**
 * Names of machines that anything in this process looks up from now on. A client that phones home cannot
 * do it unseen, and does not succeed.
 */
export function lookups(): readonly string[] {
  const names: string[] = [];
  const { lookup } = dns;
  mock.method(dns, "lookup", (...given: Parameters<typeof lookup>) => {
    const [name] = given;
    if (isIP(name) > 0) return lookup(...given);
    names.push(name);
    // The options, which may stand before it, are not among the types of the last overload.
    const callback = given.findLast((value) => typeof value === "function");
    return callback?.(new Error(`${name} is not for tests`), "", 0);
  });
  return names;
}

/** Nobody was looked up, and it would have been seen. */
export async function assertAlone(strangers: readonly string[]): Promise<void> {
  await assert.rejects(fetch("http://stranger.invalid"), /fetch failed/);
  assert.deepEqual(strangers, ["stranger.invalid"]);
}

/** What the upstream was asked while a client worked on the task: each call once, signed as it was given, answered in its place. */
export function assertWorkedOff({ upstream }: Product, written: ResultForm = plain): void {
  const turns = upstream.requests.map(({ body }) => at(body, "contents"));
  assert.deepEqual(
    turns.map((turn) => (Array.isArray(turn) ? turn.length : turn)),
    [1, 3, 5],
    "one request for each turn, none of them repeated or refused",
  );
  const last = turns.at(-1);
  const signed = [1, 3].map((turn) => signatureOf(at(last, turn, "parts", 0)));
  assert.deepEqual(signed, ["get_weather", "book_table"], "the model's own signatures came back");
  assert.equal(at(last, 1, "parts", 1, "thoughtSignature"), undefined);
  assert.deepEqual(at(last, 1, "parts", 0, "functionCall", "args"), { city: "Paris" });
  const results = [at(last, 2, "parts", 0), at(last, 2, "parts", 1), at(last, 4, "parts", 0)];
  assert.deepEqual(
    results.map((part) => at(part, "functionResponse", "response")),
    [written("get_weather", weather), written("get_time", time), written("book_table", table)],
  );
}

/** How a client writes what a tool returned, where agproxy passes it on as it came. */
export type ResultForm = (name: string, result: object) => object;
const plain: ResultForm = (_name, result) => result;

function signatureOf(part: unknown): string {
  const signature = Buffer.from(String(at(part, "thoughtSignature")), "base64").toString();
  assert.match(signature, /^sandbox-signature:/);
  return signature.slice("sandbox-signature:".length);
}

/** The last answer quotes the result of the last call. */
export function assertFinalWords(text: unknown, written: ResultForm = plain): void {
  const result = JSON.stringify(written("book_table", table));
  assert.equal(
    text,
    `This is the agproxy sandbox, no model behind it. book_table returned: ${result}`,
  );
}

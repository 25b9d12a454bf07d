import assert from "node:assert/strict";
import { at } from "./json-path.ts";
import type { Product } from "./product.ts";

/** The parts of the last request that reached the upstream. */
export function sentParts(gateway: Product): readonly unknown[] {
  const contents = at(gateway.upstream.requests.at(-1)?.body, "contents");
  assert.ok(Array.isArray(contents));
  return contents.flatMap((content: unknown) => {
    const parts = at(content, "parts");
    return Array.isArray(parts) ? (parts as unknown[]) : [];
  });
}

/** The signatures that came back on calls. Those that stand in for a lost one do not count. */
export function sentSignatures(gateway: Product): readonly string[] {
  return sentParts(gateway).flatMap((part) => {
    if (at(part, "functionCall") === undefined) return [];
    const signature = Buffer.from(String(at(part, "thoughtSignature")), "base64").toString();
    return signature.startsWith("sandbox-signature:") ? [signature] : [];
  });
}

/**
 * The promise: whoever starts agproxy without an account and points a tool at it as `agproxy init --client` says gets a
 * sensible answer to the first "say hello". The sandbox calls no tool for words that the tool itself put around it.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { at } from "./support/json-path.ts";
import { firstRequests, type FirstRequest } from "./support/first-requests.ts";
import { product } from "./support/product.ts";
import { repository } from "./support/repository.ts";

const catalogue = JSON.parse(
  readFileSync(join(repository, "core/templates/clients/clients.json"), "utf8"),
) as { readonly clients: object };

/** Desktop applications and servers whose first request nobody has recorded yet, and `env`, which is no client. */
const unrecorded = [
  "cursor",
  "open-webui",
  "cherry-studio",
  "aider",
  "zed",
  "roo",
  "librechat",
  "n8n",
  "env",
];

test("the first request of every client is known, or named as one that is not", () => {
  const known = [...Object.keys(firstRequests), ...unrecorded];
  assert.deepEqual(known.toSorted(), Object.keys(catalogue.clients).toSorted());
});

async function streamed(url: string, { path, body }: FirstRequest): Promise<string> {
  const response = await fetch(url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  return text;
}

/** The text of an answer: the deltas of any wire, joined. */
function textOf(stream: string): string {
  return stream
    .split("\n")
    .filter((line) => line.startsWith("data: {"))
    .map((line) => JSON.parse(line.slice("data: ".length)) as Delta)
    .map(({ type, delta, choices, candidates }) =>
      type?.startsWith("content_block") === true
        ? pieceOf(delta)
        : type === "response.output_text.delta"
          ? delta
          : (choices?.[0]?.delta?.content ?? answeredWords(candidates)),
    )
    .join("");
}

/** The text in a delta of a message's block. */
function pieceOf(delta: unknown): unknown {
  return at(delta, "text");
}

/** The text in a payload of Google's, without what is a thought. */
function answeredWords(candidates: unknown): unknown {
  const part = at(candidates, 0, "content", "parts", 0);
  return at(part, "thought") === true ? undefined : at(part, "text");
}

interface Delta {
  readonly candidates?: unknown;
  readonly type?: string;
  readonly delta?: unknown;
  readonly choices?: readonly { readonly delta?: { readonly content?: string } }[];
}

for (const [client, request] of Object.entries(firstRequests)) {
  test(`${client}: "say hello" is answered in words`, async () => {
    await using gateway = await product();
    const stream = await streamed(gateway.url, request);
    assert.doesNotMatch(stream, /"tool_calls":|"type":"(?:\w+_call|tool_use)"|"functionCall"/);
    assert.match(
      textOf(stream),
      /^This is the agproxy sandbox, no model behind it\. You said: "?say hello"?\s*$/i,
    );
  });
}

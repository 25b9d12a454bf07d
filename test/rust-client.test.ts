/** The promise: Rust's async-openai, whose types are strict, works: whole, streamed and with tools. */
import { test } from "node:test";
import { assertUnderstood, builtClient } from "./support/built-client.ts";
import { product } from "./support/product.ts";

const client = await builtClient({
  name: "rust",
  tools: [
    ["cargo", "--version"],
    ["rustc", "--version"],
  ],
  fetch: ["cargo", "fetch", "--quiet"],
  build: ["cargo", "build", "--quiet", "--offline", "--target-dir", "target"],
  run: ["target/debug/client"],
});
const skip = client.missing === undefined ? false : `no async-openai: ${client.missing}`;

test("async-openai chats, streams and calls a tool", { skip }, async () => {
  await using gateway = await product();
  if (client.missing === undefined) assertUnderstood(await client.run(gateway.url));
});

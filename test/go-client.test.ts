/** The promise: the official OpenAI SDK for Go works, whole, streamed and with tools. */
import { test } from "node:test";
import { assertUnderstood, builtClient } from "./support/built-client.ts";
import { product } from "./support/product.ts";

const client = await builtClient({
  name: "go",
  tools: [["go", "version"]],
  fetch: ["go", "list", "-deps", "."],
  build: ["go", "build", "-o", "client", "."],
  run: ["./client"],
});
const skip = client.missing === undefined ? false : `no openai-go: ${client.missing}`;

test("openai-go chats, streams and calls a tool", { skip }, async () => {
  await using gateway = await product();
  if (client.missing === undefined) assertUnderstood(await client.run(gateway.url));
});

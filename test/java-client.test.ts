/** The promise: langchain4j works as it comes, with the HTTP client of the JDK, which offers HTTP/2 with each request. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { modelMapping } from "@agproxy/plugin-model-mapping";
import { openai } from "@agproxy/plugin-openai";
import { sandbox } from "@agproxy/plugin-sandbox";
import { definePlugin } from "agproxy";
import { startGateway } from "agproxy/testing";
import { assertUnderstood, builtClient } from "./support/built-client.ts";

const client = await builtClient({
  name: "java",
  tools: [
    ["java", "--version"],
    ["javac", "--version"],
    ["mvn", "--version"],
  ],
  fetch: [
    "mvn",
    "--quiet",
    "--batch-mode",
    "dependency:copy-dependencies",
    "-DoutputDirectory=lib",
  ],
  build: ["javac", "-cp", "lib/*", "-d", ".", "Client.java"],
  run: ["java", "-cp", ".:lib/*", "Client"],
});
const skip = client.missing === undefined ? false : `no langchain4j: ${client.missing}`;

test(
  "langchain4j chats, streams and calls a tool, and its offer of HTTP/2 is passed over",
  { skip },
  async () => {
    const upgrades = new Set<string | undefined>();
    const watch = definePlugin({
      name: "watch",
      apply: ({ hooks }) =>
        hooks.beforeAuth.tap("watch", ({ headers }) => void upgrades.add(headers.upgrade)),
    });
    const plugins = [watch, openai(), modelMapping(), sandbox({ paceMs: 0 })];
    await using gateway = await startGateway({ plugins });
    if (client.missing === undefined) assertUnderstood(await client.run(gateway.url));
    assert.ok(upgrades.has("h2c"), "the client offers HTTP/2");
  },
);

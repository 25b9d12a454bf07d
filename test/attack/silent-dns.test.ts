/** The promise: links to names for which no DNS server answers hold up nobody else. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { gemini } from "@agproxy/plugin-gemini";
import { openai } from "@agproxy/plugin-openai";
import { startSandbox } from "@agproxy/plugin-sandbox";
import { startGateway } from "agproxy/testing";
import { createSideCalls } from "../../core/src/http/http.ts";
import { publicRules } from "../../core/src/http/public-agents.ts";
import { createMediaFetch } from "../../plugins/media-fetch/src/media-fetch.ts";
import type { MediaFetchOptions } from "../../plugins/media-fetch/src/options.ts";
import { dnsServer, type DnsServer } from "../support/dns-server.ts";
import { wireError } from "../support/chat-routes.ts";

const patience = { connect: 10_000, firstByte: 10_000, idle: 10_000 };

/** A gateway whose foreign names are asked for at `dns`, and whose upstream has a name that the system must resolve. */
async function gateway(dns: DnsServer, timeoutMs: number, options: MediaFetchOptions) {
  const upstream = await startSandbox();
  const limits = { timeoutMs, maxConcurrent: 64, servers: [dns.address] };
  const calls = createSideCalls(patience, publicRules(limits));
  const baseUrl = upstream.url.replace("127.0.0.1", "localhost");
  const running = await startGateway({
    plugins: [
      openai(),
      createMediaFetch(options, () => calls),
      gemini({ accounts: upstream.accounts, baseUrl }),
    ],
  });
  return {
    url: running.url,
    async [Symbol.asyncDispose]() {
      await running.close();
      await upstream.close();
      calls.close();
    },
  };
}

const link = (url: string) => ({ type: "image_url", image_url: { url } });

function chat(url: string, content: unknown, signal?: AbortSignal): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ model: "gemini-2.5-flash", messages: [{ role: "user", content }] }),
    ...(signal === undefined ? {} : { signal }),
  });
}

const links = (request: number) =>
  Array.from({ length: 100 }, (_, index) => link(`https://n${index}.r${request}.example/a.png`));

test("ten requests with 100 links each: others are answered meanwhile", async () => {
  await using dns = await dnsServer();
  await using own = await gateway(dns, 2000, { maxHosts: 100 });
  let ended = 0;
  const attacks = Array.from({ length: 10 }, async (_, index) => {
    const response = await chat(own.url, links(index));
    ended += 1;
    return { status: response.status, message: (await wireError(response)).message };
  });
  await dns.asked();
  for (let count = 0; count < 3; count += 1) {
    const good = await chat(own.url, "hello");
    assert.equal(good.status, 200, await good.text());
  }
  assert.equal(ended, 0, "a good request waits for none of them");
  assert.ok(dns.names.size <= 16, `one caller has ${dns.names.size} look-ups at a time`);
  for (const { status, message } of await Promise.all(attacks)) {
    assert.equal(status, 400);
    assert.match(message, /has no public address/);
  }
});

test("100 links to as many hosts are refused before any is asked for", async () => {
  await using dns = await dnsServer();
  await using own = await gateway(dns, 2000, {});
  const response = await chat(own.url, links(1));
  assert.equal(response.status, 400);
  const { message, param } = await wireError(response);
  assert.match(message, /a request may link to 32 hosts/);
  assert.equal(param, "messages[0].content[32]");
  assert.equal(dns.names.size, 0);
});

test("a client that leaves takes its look-ups with it", { timeout: 30_000 }, async () => {
  await using dns = await dnsServer();
  await using own = await gateway(dns, 60_000, { maxHosts: 100, timeout: 60_000 });
  for (let count = 0; count < 8; count += 1) {
    const client = new AbortController();
    const silent = chat(own.url, links(count), client.signal);
    await dns.asked(`n0.r${count}.example`);
    client.abort();
    await assert.rejects(silent);
  }
  // All turns of the caller would be taken for a minute by look-ups that nobody waits for.
  const last = new AbortController();
  const silent = chat(own.url, [link("https://last.example/a.png")], last.signal);
  await dns.asked("last.example");
  last.abort();
  await assert.rejects(silent);
});

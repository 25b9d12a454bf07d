/** The promise: agproxy speaks TLS where it has a certificate, and knows clients behind proxies that it is told to trust. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { request, type RequestOptions } from "node:https";
import type { IncomingMessage } from "node:http";
import { connect, type PeerCertificate, type TLSSocket } from "node:tls";
import { suite, test } from "node:test";
import { auth } from "@agproxy/plugin-auth";
import { guard } from "@agproxy/plugin-guard";
import { startGateway } from "agproxy/testing";
import { certificate } from "./bench/certificate.ts";
import { agproxy, startAgproxy } from "./support/agproxy-process.ts";
import { folder } from "./support/folder.ts";

const [first, second] = [certificate(Date.now()), certificate(Date.now() + 1000)];

const config = (tls: unknown) => JSON.stringify({ tls, plugins: { preset: "default" } });
const named = config({ cert: "cert.pem", key: "key.pem" });
const files = { "agproxy.config.json": named, "cert.pem": first.certificate, "key.pem": first.key };

async function get(url: string, options: RequestOptions = {}) {
  const call = request(url, { rejectUnauthorized: false, agent: false, ...options }).end();
  const [response] = (await once(call, "response")) as [IncomingMessage];
  const chunks = (await response.toArray()) as Buffer[];
  return { status: response.statusCode, body: Buffer.concat(chunks).toString() };
}

async function fingerprint(url: string): Promise<string> {
  const socket: TLSSocket = connect({ port: Number(new URL(url).port), rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const peer: PeerCertificate = socket.getPeerCertificate();
  socket.destroy();
  return peer.fingerprint256;
}

suite("tls", { concurrency: 2, timeout: 60_000 }, () => {
  test("a certificate is served, a new one after a reload, and a wrong one never", async () => {
    await using place = await folder(files);
    await using gateway = await startAgproxy({ cwd: place.path, args: ["--port", "0", "--watch"] });
    assert.match(gateway.url, /^https:\/\/127\.0\.0\.1:/);
    assert.equal((await get(`${gateway.url}/healthz`)).status, 200);
    const before = await fingerprint(gateway.url);
    await place.write("cert.pem", second.certificate);
    await place.write("key.pem", second.key);
    await gateway.said(/"msg":"reloaded"/);
    const after = await fingerprint(gateway.url);
    assert.notEqual(after, before);
    await place.write("key.pem", first.key);
    await gateway.said(/not reloaded/);
    assert.match(gateway.output, /tls\.key: the file .*key\.pem" has a key that does not belong/);
    assert.equal(await fingerprint(gateway.url), after);
    await place.write("key.pem", second.key);
    await place.write("agproxy.config.json", config(undefined));
    await gateway.said(/a change of tls takes a restart/);
    assert.equal((await get(`${gateway.url}/healthz`)).status, 200);
  });

  test("a client that speaks plain HTTP is told in the log", async () => {
    await using place = await folder(files);
    await using gateway = await startAgproxy({ cwd: place.path });
    await assert.rejects(fetch(gateway.url.replace("https", "http")));
    await gateway.said(/The client speaks no TLS/);
  });

  test("an error names the key", async () => {
    for (const [tls, more, says] of [
      [{ cert: "cert.pem" }, {}, /tls\.key: is missing\. Write it like this: tls: \{/],
      [{ cert: "cert.pem", key: "key.pem", ca: "x" }, {}, /tls\.ca: there is no such setting/],
      [
        { cert: "none.pem", key: "key.pem" },
        {},
        /tls\.cert: the file ".*none\.pem" cannot be read \(ENOENT\)/,
      ],
      [{ cert: "key.pem", key: "key.pem" }, {}, /tls\.cert: .* has no certificate in PEM/],
      [{ cert: "cert.pem", key: "cert.pem" }, {}, /tls\.key: .* has no private key in PEM/],
      [
        { cert: "cert.pem", key: "key.pem" },
        { "key.pem": second.key },
        /does not belong to the certificate/,
      ],
    ] as const) {
      await using place = await folder({ ...files, ...more, "agproxy.config.json": config(tls) });
      const { code, stderr } = await agproxy(["check"], { cwd: place.path });
      assert.equal(code, 1);
      assert.match(stderr, says);
    }
  });

  test("the certificate's clients come in from other machines without a warning", async () => {
    await using place = await folder(files);
    const env = { AGPROXY_API_KEY: "a-key-of-thirty-two-characters-0" };
    const end = await agproxy(["check", "--host", "0.0.0.0"], { cwd: place.path, env });
    assert.equal(end.code, 0, end.stderr);
    assert.doesNotMatch(end.stderr, /PLAIN HTTP/);
  });
});

const plugins = () => [guard(), auth({ mode: "strict", keys: "a-key-of-thirty-two-characters-0" })];
suite("trustProxy", { timeout: 60_000 }, () => {
  const behind = { "x-forwarded-for": "6.6.6.6, 203.0.113.9", "x-forwarded-proto": "https" };

  test("the log has the client's address where the proxy is trusted, and the proxy's where not", async () => {
    for (const [trustProxy, address] of [
      [["127.0.0.1"], "203.0.113.9"],
      [1, "203.0.113.9"],
      [[], "127.0.0.1"],
    ] as const) {
      await using gateway = await startGateway({ trustProxy, plugins: plugins() });
      assert.equal((await fetch(`${gateway.url}/x`, { headers: behind })).status, 401);
      const line = gateway.log.find(({ msg }) => msg === "refused");
      assert.equal(line?.["address"], address);
    }
  });

  test("wrong keys of one client do not slow down another behind the same proxy", async () => {
    await using gateway = await startGateway({ trustProxy: 1, plugins: plugins() });
    const leave = new AbortController();
    const wrong = async (address: string) => {
      const headers = { "x-forwarded-for": address, "x-api-key": "a-wrong-key" };
      const { status } = await fetch(`${gateway.url}/x`, { headers, signal: leave.signal });
      if (status === 429) slowed.resolve();
      return status;
    };
    const slowed = Promise.withResolvers<void>();
    const guesses = Promise.allSettled(Array.from({ length: 40 }, () => wrong("203.0.113.9")));
    await slowed.promise;
    assert.equal(await wrong("203.0.113.10"), 401);
    leave.abort();
    await guesses;
  });

  test("a page of plain HTTP is foreign where the proxy says that the request came by TLS", async () => {
    for (const [trustProxy, status] of [
      [1, 403],
      [0, 401],
    ] as const) {
      await using gateway = await startGateway({ trustProxy, plugins: plugins() });
      const headers = { ...behind, origin: gateway.url };
      const answer = await fetch(`${gateway.url}/x`, { method: "POST", headers });
      assert.equal(answer.status, status);
    }
  });

  test("what is no address is refused with the key's name", async () => {
    for (const [trustProxy, says] of [
      [["10.0.0.0/99"], /trustProxy\.0: must be an address, or a network such as 10\.0\.0\.0\/8/],
      [-1, /trustProxy: must be 0 or more/],
      [true, /trustProxy: must be a list of addresses, or a number of proxies/],
    ] as const) {
      await using place = await folder({
        "agproxy.config.json": JSON.stringify({ trustProxy, plugins: [] }),
      });
      const { stderr } = await agproxy(["check"], { cwd: place.path });
      assert.match(stderr, says);
    }
  });
});

test("AGPROXY_ALLOWED_HOSTS adds host names to those that guard lets in", async () => {
  await using place = await folder();
  const env = { AGPROXY_ALLOWED_HOSTS: "gateway.example.com, other.test" };
  await using gateway = await startAgproxy({ cwd: place.path, env });
  const { hostname, port } = new URL(gateway.url);
  const status = async (host: string) => {
    const { request: plain } = await import("node:http");
    const call = plain({ hostname, port, path: "/healthz", headers: { host } }).end();
    const [response] = (await once(call, "response")) as [IncomingMessage];
    response.resume();
    return response.statusCode;
  };
  assert.equal(await status("gateway.example.com"), 200);
  assert.equal(await status("other.test:8045"), 200);
  assert.equal(await status("elsewhere.test"), 403);
  const wrong = await agproxy(["check"], {
    cwd: place.path,
    env: { AGPROXY_ALLOWED_HOSTS: "https://gateway.example.com" },
  });
  assert.equal(wrong.code, 1);
  assert.match(
    wrong.stderr,
    /AGPROXY_ALLOWED_HOSTS has "https:\/\/gateway\.example\.com", which must be a host name/,
  );
});

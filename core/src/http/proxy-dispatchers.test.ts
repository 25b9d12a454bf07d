/** Calls through an account's proxy, over real HTTP and TLS. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { test } from "node:test";
import { client, failureOf, never, patient } from "../../../test/support/proxied-client.ts";
import { trustedServer } from "../../../test/support/trusted-server.ts";
import type { AgproxyError } from "../errors/agproxy-error.ts";
import type { Http } from "./http.ts";

const answer: RequestListener = (req, res) =>
  void res.end(`${req.headers["proxy-authorization"] ?? "nothing"} of the proxy's`);

const upstream = (scheme: "http" | "https") => trustedServer(scheme, answer);

/** A proxy that answers CONNECT with a status, or with nothing at all. */
async function proxyThat(status: number | "says nothing" | "hangs up") {
  const asked: { readonly target: string | undefined; readonly credentials: string | undefined }[] =
    [];
  const sockets = new Set<Socket>();
  const server = createServer();
  server.on("connection", (socket) => sockets.add(socket));
  server.on("connect", (req, socket) => {
    asked.push({ target: req.url, credentials: req.headers["proxy-authorization"] });
    socket.on("error", () => {});
    if (status === "says nothing") return;
    if (status === "hangs up") return void socket.destroy();
    if (status !== 200) return void socket.end(`HTTP/1.1 ${status} No\r\n\r\n`);
    const [host, port] = (req.url ?? "").split(":");
    const onward = connect(Number(port), host, () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      onward.pipe(socket).pipe(onward);
    });
    onward.on("error", () => socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    asked,
    host,
    url: `http://me:pass%20word@${host}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

async function failure(http: Http, url: string, proxy: string): Promise<AgproxyError> {
  const error = await failureOf(http, url, proxy);
  assert.doesNotMatch(error.message, /me:|pass|secret/);
  return error;
}

for (const scheme of ["http", "https"] as const) {
  test(`an upstream is reached through one tunnel, call after call (${scheme})`, async () => {
    await using target = await upstream(scheme);
    await using proxy = await proxyThat(200);
    using http = client();
    for (let call = 0; call < 3; call += 1) {
      const { url } = target;
      const response = await http.send({ method: "GET", url, signal: never, proxy: proxy.url });
      assert.equal(await response.text(), "nothing of the proxy's");
      await new Promise(setImmediate);
    }
    const credentials = `Basic ${Buffer.from("me:pass word").toString("base64")}`;
    assert.deepEqual(proxy.asked, [{ target: target.host, credentials }]);
  });

  for (const [status, words] of [
    [407, "refused the account's credentials for it (407)."],
    [400, "opened no way to the upstream (400)."],
    [502, "opened no way to the upstream (502)."],
    ["hangs up", "could not be reached (UND_ERR_SOCKET)."],
  ] as const) {
    test(`a proxy's own refusal is no answer of the upstream's: ${status} (${scheme})`, async () => {
      await using target = await upstream(scheme);
      await using proxy = await proxyThat(status);
      using http = client();
      const error = await failure(http, target.url, proxy.url);
      assert.equal(error.code, "upstream_unreachable");
      assert.equal(error.message, `The proxy ${proxy.host} ${words}`);
    });
  }

  test(`a proxy that is down (${scheme})`, async () => {
    await using target = await upstream(scheme);
    const proxy = await proxyThat(200);
    await proxy[Symbol.asyncDispose]();
    using http = client();
    const error = await failure(http, target.url, proxy.url);
    assert.equal(error.code, "upstream_unreachable");
    assert.equal(error.message, `The proxy ${proxy.host} could not be reached (ECONNREFUSED).`);
  });
}

test("a proxy that never answers is given up with the connection's limit", async () => {
  await using target = await upstream("http");
  await using proxy = await proxyThat("says nothing");
  using http = client({ ...patient, connect: 50 });
  const error = await failure(http, target.url, proxy.url);
  assert.equal(error.code, "upstream_timeout");
  assert.equal(error.message, `The proxy ${proxy.host} did not answer in time (connect).`);
});

test("each proxy has connections of its own", async () => {
  await using target = await upstream("http");
  await using one = await proxyThat(200);
  await using other = await proxyThat(200);
  using http = client();
  for (const { url: proxy } of [one, other]) {
    await (await http.send({ method: "GET", url: target.url, signal: never, proxy })).text();
  }
  assert.deepEqual([one.asked.length, other.asked.length], [1, 1]);
});

test("who leaves before there is a tunnel is answered at once", async () => {
  await using target = await upstream("http");
  await using proxy = await proxyThat("says nothing");
  using http = client();
  const abort = new AbortController();
  const { url } = target;
  const sent = http.send({ method: "GET", url, signal: abort.signal, proxy: proxy.url });
  setImmediate(() => abort.abort());
  await assert.rejects(sent, { code: "client_closed_request" });
});

/** Calls through an account's SOCKS5 proxy, over real sockets and TLS. */
import assert from "node:assert/strict";
import { once } from "node:events";
import type { RequestListener } from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from "node:net";
import { test } from "node:test";
import { inspect } from "node:util";
import { client, failureOf, never, patient } from "../../../test/support/proxied-client.ts";
import { trustedServer } from "../../../test/support/trusted-server.ts";
import type { AgproxyError } from "../errors/agproxy-error.ts";
import type { Http } from "./http.ts";

async function upstream(scheme: "http" | "https") {
  let calls = 0;
  const answer: RequestListener = (_, res) => {
    calls += 1;
    res.end("answered");
  };
  // The certificate is for the address.
  const server = await trustedServer(scheme, answer, scheme === "http" ? "localhost" : "127.0.0.1");
  return {
    ...server,
    get calls() {
      return calls;
    },
  };
}

type Manner =
  | "opens"
  | "refuses"
  | "wants a password"
  | "says nothing"
  | "hangs up"
  | "speaks HTTP";

/** Reads a number of bytes of a socket. */
async function read(socket: Socket, bytes: number): Promise<Buffer> {
  for (;;) {
    const chunk = socket.read(bytes) as Buffer | null;
    if (chunk !== null) return chunk;
    await once(socket, "readable");
  }
}

/** A SOCKS5 proxy of few words. It asks for a password where `credentials` are given. */
async function proxyThat(manner: Manner, credentials?: string) {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  async function serve(socket: Socket): Promise<void> {
    if (manner === "says nothing") return;
    if (manner === "hangs up") return void socket.destroy();
    if (manner === "speaks HTTP") return void socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
    const [, methods = 0] = await read(socket, 2);
    const offered = await read(socket, methods);
    const method = credentials === undefined ? 0 : 2;
    if (!offered.includes(method)) return void socket.end(Buffer.from([5, 255]));
    socket.write(Buffer.from([5, method]));
    if (credentials !== undefined) {
      const [, userLength = 0] = await read(socket, 2);
      const user = (await read(socket, userLength)).toString();
      const [passwordLength = 0] = await read(socket, 1);
      const password = (await read(socket, passwordLength)).toString();
      const isGood = `${user}:${password}` === credentials;
      socket.write(Buffer.from([1, isGood ? 0 : 1]));
      if (!isGood) return void socket.end();
    }
    const [, , , kind] = await read(socket, 4);
    const [length = 0] = kind === 3 ? await read(socket, 1) : [4];
    const name = await read(socket, length);
    const port = (await read(socket, 2)).readUInt16BE();
    asked.push(`${kind === 3 ? name.toString() : name.join(".")}:${port}`);
    if (manner === "refuses") return void socket.end(Buffer.from([5, 2, 0, 1, 0, 0, 0, 0, 0, 0]));
    const onward = connect(port, "127.0.0.1", () => {
      socket.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]));
      onward.pipe(socket).pipe(onward);
    });
    sockets.add(onward.on("error", () => socket.destroy()));
  }
  const server = createTcpServer((socket) => {
    sockets.add(socket.on("error", () => {}));
    void serve(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    asked,
    host,
    url: `socks5://me:pass%20word@${host}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

async function failure(http: Http, url: string, proxy: string): Promise<AgproxyError> {
  const error = await failureOf(http, url, proxy);
  assert.doesNotMatch(inspect(error, { depth: 8 }), /pass(?:%20| )word|key=secret/);
  return error;
}

for (const scheme of ["http", "https"] as const) {
  for (const credentials of [undefined, "me:pass word"]) {
    const how = credentials === undefined ? "without a password" : "with a password";
    test(`an upstream is reached through one tunnel, by its name (${scheme}, ${how})`, async () => {
      await using target = await upstream(scheme);
      await using proxy = await proxyThat("opens", credentials);
      using http = client();
      for (let call = 0; call < 3; call += 1) {
        const { url } = target;
        const response = await http.send({ method: "GET", url, signal: never, proxy: proxy.url });
        assert.equal(await response.text(), "answered");
        await new Promise(setImmediate);
      }
      assert.deepEqual(proxy.asked, [target.host]);
    });
  }

  const failures: readonly (readonly [Manner, string | undefined, RegExp])[] = [
    ["opens", "you:other", /refused the account's credentials for it\.$/],
    ["refuses", undefined, /opened no way to the upstream \(NotAllowed\)\.$/],
    ["hangs up", undefined, /could not be reached \(no SOCKS5 answer\)\.$/],
    ["speaks HTTP", undefined, /could not be reached \(no SOCKS5 answer\)\.$/],
  ];
  for (const [manner, credentials, words] of failures) {
    test(`never a direct call: a proxy that ${manner} (${scheme}, ${words.source})`, async () => {
      await using target = await upstream(scheme);
      await using proxy = await proxyThat(manner, credentials);
      using http = client();
      const error = await failure(http, target.url, proxy.url);
      assert.equal(error.code, "upstream_unreachable");
      assert.match(error.message, words);
      assert.ok(error.message.startsWith(`The proxy ${proxy.host} `), error.message);
      assert.equal(target.calls, 0);
    });
  }

  test(`never a direct call: a proxy that is down (${scheme})`, async () => {
    await using target = await upstream(scheme);
    const proxy = await proxyThat("opens");
    await proxy[Symbol.asyncDispose]();
    using http = client();
    const error = await failure(http, target.url, proxy.url);
    assert.equal(error.code, "upstream_unreachable");
    assert.equal(error.message, `The proxy ${proxy.host} could not be reached (ECONNREFUSED).`);
    assert.equal(target.calls, 0);
  });
}

test("a proxy that never answers is given up with the connection's limit", async () => {
  await using target = await upstream("http");
  await using proxy = await proxyThat("says nothing");
  using http = client({ ...patient, connect: 50 });
  const error = await failure(http, target.url, proxy.url);
  assert.equal(error.code, "upstream_timeout");
  assert.equal(error.message, `The proxy ${proxy.host} did not answer in time (connect).`);
  assert.equal(target.calls, 0);
});

test("a certificate that is not the upstream's is refused behind the proxy too", async () => {
  await using target = await upstream("https");
  await using proxy = await proxyThat("opens");
  using http = client();
  const url = target.url.replace("127.0.0.1", "other.invalid");
  const error = await failure(http, url, proxy.url);
  assert.equal(error.code, "upstream_unreachable");
  assert.match(error.message, /ERR_TLS_CERT_ALTNAME_INVALID/);
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

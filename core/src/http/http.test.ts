import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTcpServer, type AddressInfo } from "node:net";
import { test } from "node:test";
import { memoryInUse } from "../../../test/support/memory.ts";
import type { AgproxyError } from "../errors/agproxy-error.ts";
import { upstreamHttp } from "./upstream-http.ts";
import { gotCalls } from "./got-calls.ts";
import type { Calls, PlainRequest, Timeouts } from "./calls.ts";

const patient = { connect: 5000, firstByte: 5000, idle: 5000 };
const never = new AbortController().signal;

interface Peer extends AsyncDisposable {
  readonly url: string;
  readonly server: Server;
}

async function peer(listener: RequestListener): Promise<Peer> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    server,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

async function failure(promise: Promise<unknown>): Promise<AgproxyError> {
  return promise.then(
    () => assert.fail("it did not fail"),
    (error: AgproxyError) => error,
  );
}

/** The clients there are. What one does the other does too. */
const engines = {
  upstream: upstreamHttp,
  side: (timeouts: Timeouts) => gotCalls(timeouts),
};

function closing(http: Calls<PlainRequest>): Calls<PlainRequest> & Disposable {
  return { ...http, [Symbol.dispose]: () => http.close() };
}

for (const [name, engine] of Object.entries(engines)) {
  const client = (timeouts: Timeouts = patient) => closing(engine(timeouts));

  test(`a status that is no success is an answer (${name})`, async () => {
    await using server = await peer(
      (_, res) => void res.writeHead(429, { "x-a": "b" }).end("slow"),
    );
    using http = client();
    const answer = await http.send({ method: "GET", url: server.url, signal: never });
    assert.equal(answer.status, 429);
    assert.equal(answer.headers["x-a"], "b");
    assert.equal(await answer.text(), "slow");
  });

  test(`method, headers and body arrive as given (${name})`, async () => {
    await using server = await peer((req, res) => {
      res.writeHead(200, { "x-method": req.method, "x-key": req.headers["x-secret"] ?? "" });
      req.pipe(res);
    });
    using http = client();
    const answer = await http.send({
      method: "POST",
      url: server.url,
      headers: { "x-secret": "k" },
      body: "Grüße",
      signal: never,
    });
    assert.deepEqual([answer.headers["x-method"], answer.headers["x-key"]], ["POST", "k"]);
    assert.equal(await answer.text(), "Grüße");
  });

  test(`a long body arrives as given, with its length told before (${name})`, async () => {
    const text = "Grüße".repeat(100_000);
    await using server = await peer((req, res) => {
      const pieces: Buffer[] = [];
      req.on("data", (piece: Buffer) => pieces.push(piece));
      req.on("end", () => {
        res.setHeader("x-length", req.headers["content-length"] ?? "");
        res.end(Buffer.concat(pieces));
      });
    });
    using http = client();
    for (const body of [text, Buffer.from(text)]) {
      const answer = await http.send({ method: "POST", url: server.url, body, signal: never });
      assert.equal(answer.headers["x-length"], String(Buffer.byteLength(text)));
      assert.equal((await answer.text()) === text, true);
    }
  });

  test(`a long body is let go of once it is sent (${name})`, async () => {
    await using server = await peer(
      (req, res) => void req.resume().once("end", () => res.write("one")),
    );
    using http = client();
    const length = 16 * 1024 * 1024;
    const begun = async (body: string) => {
      const answer = await http.send({ method: "POST", url: server.url, body, signal: never });
      const reads = answer.body[Symbol.asyncIterator]();
      await reads.next();
      return reads;
    };
    const short = await begun("x");
    const before = await memoryInUse();
    const long = await begun("x".repeat(length));
    const held = (await memoryInUse()) - before;
    for (const reads of [short, long]) await reads.return?.();
    assert.ok(held < length / 2, `${held} bytes are held`);
  });

  test(`a refusal that does not wait for a long body is an answer (${name})`, async () => {
    await using server = await peer((_, res) => void res.writeHead(413).end("too long"));
    using http = client();
    const body = Buffer.alloc(8 * 1024 * 1024);
    const answer = await http.send({ method: "POST", url: server.url, body, signal: never });
    assert.equal(answer.status, 413);
    assert.equal(await answer.text(), "too long");
  });

  test(`an abort while a long body is on its way is the client's doing (${name})`, async () => {
    const abort = new AbortController();
    const closed = Promise.withResolvers<void>();
    await using server = await peer((req) => {
      req.socket.once("close", closed.resolve);
      req.once("data", () => abort.abort());
    });
    using http = client();
    const body = Buffer.alloc(32 * 1024 * 1024);
    const sent = http.send({ method: "POST", url: server.url, body, signal: abort.signal });
    assert.equal((await failure(sent)).code, "client_closed_request");
    await closed.promise;
  });

  test(`a connection that breaks while a long body is on its way is upstream_unreachable (${name})`, async () => {
    await using server = await peer((req) => void req.once("data", () => req.socket.destroy()));
    using http = client();
    const body = Buffer.alloc(32 * 1024 * 1024);
    const sent = http.send({ method: "POST", url: server.url, body, signal: never });
    assert.equal((await failure(sent)).code, "upstream_unreachable");
  });

  test(`nobody listening is upstream_unreachable, and says the host and not the path (${name})`, async () => {
    const server = await peer(() => {});
    await server[Symbol.asyncDispose]();
    using http = client();
    const url = `${server.url}/secret?key=secret`;
    const error = await failure(http.send({ method: "GET", url, signal: never }));
    assert.equal(error.code, "upstream_unreachable");
    assert.match(error.message, /^127\.0\.0\.1:\d+ could not be reached \(ECONNREFUSED\)\.$/);
  });

  test(`no head within the first-byte limit is upstream_timeout (${name})`, async () => {
    await using server = await peer(() => {});
    using http = client({ ...patient, firstByte: 20 });
    const error = await failure(http.send({ method: "GET", url: server.url, signal: never }));
    assert.equal(error.code, "upstream_timeout");
  });

  test(`an upstream that stalls in the middle is upstream_timeout (${name})`, async () => {
    await using server = await peer((_, res) => void res.write("one"));
    using http = client({ ...patient, idle: 20 });
    const { body } = await http.send({ method: "GET", url: server.url, signal: never });
    const reads: string[] = [];
    const error = await failure(
      (async () => {
        for await (const bytes of body) reads.push(String(Buffer.from(bytes)));
      })(),
    );
    assert.deepEqual(reads, ["one"]);
    assert.equal(error.code, "upstream_timeout");
  });

  test(`a slow client does not count as a stalled upstream (${name})`, async (context) => {
    context.mock.timers.enable({ apis: ["setTimeout"] });
    await using server = await peer((_, res) => {
      res.write("one");
      res.end("two");
    });
    using http = client({ connect: 1e6, firstByte: 1e6, idle: 20 });
    const { body } = await http.send({ method: "GET", url: server.url, signal: never });
    let text = "";
    for await (const bytes of body) {
      text += String(Buffer.from(bytes));
      context.mock.timers.tick(1000);
    }
    assert.equal(text, "onetwo");
  });

  test(`a connection that breaks in the middle is upstream_cut (${name})`, async () => {
    await using server = await peer((_, res) => {
      res.write("one");
      setImmediate(() => res.destroy());
    });
    using http = client();
    const { text } = await http.send({ method: "GET", url: server.url, signal: never });
    assert.equal((await failure(text())).code, "upstream_cut");
  });

  test(`an abort closes the connection and is the client's doing (${name})`, async () => {
    const closed = Promise.withResolvers<void>();
    await using server = await peer((req, res) => {
      req.socket.once("close", closed.resolve);
      res.write("one");
    });
    using http = client();
    const abort = new AbortController();
    const { body } = await http.send({ method: "GET", url: server.url, signal: abort.signal });
    const error = await failure(
      (async () => {
        for await (const _ of body) abort.abort();
      })(),
    );
    assert.equal(error.code, "client_closed_request");
    await closed.promise;
  });

  test(`what arrived before a break is read before it is told (${name})`, async () => {
    await using server = await peer((_, res) => void res.write("one", () => res.destroy()));
    using http = client();
    const { body } = await http.send({ method: "GET", url: server.url, signal: never });
    const reads = body[Symbol.asyncIterator]();
    const first = await reads.next();
    assert.equal(String(Buffer.from(first.value as Uint8Array)), "one");
    assert.equal((await failure(reads.next())).code, "upstream_cut");
  });

  test(`pieces that leave together arrive as one read (${name})`, async () => {
    await using server = await peer((_, res) => {
      res.writeHead(200).flushHeaders();
      res.socket?.cork();
      for (let piece = 0; piece < 20; piece += 1) res.write(`piece ${piece};`);
      res.end();
      res.socket?.uncork();
    });
    using http = client();
    const { body } = await http.send({ method: "GET", url: server.url, signal: never });
    const reads: string[] = [];
    for await (const bytes of body) reads.push(String(Buffer.from(bytes)));
    assert.equal(reads.join("").split(";").length, 21);
    assert.ok(reads.length <= 2, `${reads.length} reads`);
  });

  test(`a slow reader slows the upstream down (${name})`, async () => {
    const full = Promise.withResolvers<void>();
    let written = 0;
    await using server = await peer((_, res) => {
      const bytes = Buffer.alloc(256 * 1024);
      const more = () => {
        written += bytes.length;
        if (written > 256 * 1024 * 1024) full.reject(new Error("it takes whatever comes"));
        else if (res.write(bytes)) setImmediate(more);
        else {
          const idle = setTimeout(full.resolve, 100);
          res.once("drain", () => (clearTimeout(idle), more()));
        }
      };
      more();
    });
    using http = client();
    const { body } = await http.send({ method: "GET", url: server.url, signal: never });
    const reads = body[Symbol.asyncIterator]();
    await reads.next();
    await full.promise;
    await reads.return?.();
  });

  test(`a connection is used again (${name})`, async () => {
    const ports = new Set<number | undefined>();
    await using server = await peer((req, res) => {
      ports.add(req.socket.remotePort);
      res.end("ok");
    });
    using http = client();
    for (let call = 0; call < 3; call += 1) {
      const answer = await http.send({ method: "GET", url: server.url, signal: never });
      await answer.text();
      // Not before the next turn of the event loop: some servers close what they said they would keep.
      await new Promise(setImmediate);
    }
    assert.equal(ports.size, 1);
  });

  test(`a handshake that does not end is upstream_timeout (${name})`, async () => {
    const silent = createTcpServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    using http = client({ ...patient, connect: 20 });
    const { port } = silent.address() as AddressInfo;
    const url = `https://127.0.0.1:${port}`;
    const error = await failure(http.send({ method: "GET", url, signal: never }));
    assert.equal(error.code, "upstream_timeout");
    assert.match(error.message, /^127\.0\.0\.1:\d+ did not answer in time/);
    silent.close();
  });

  test(`an abort before the head is the client's doing (${name})`, async () => {
    const abort = new AbortController();
    await using server = await peer(() => abort.abort());
    using http = client();
    const error = await failure(
      http.send({ method: "GET", url: server.url, signal: abort.signal }),
    );
    assert.equal(error.code, "client_closed_request");
  });

  test(`leaving a body half-read closes the connection (${name})`, async () => {
    const closed = Promise.withResolvers<void>();
    await using server = await peer((req, res) => {
      req.socket.once("close", closed.resolve);
      res.write("one");
    });
    using http = client();
    const { body } = await http.send({ method: "GET", url: server.url, signal: never });
    for await (const _ of body) break;
    await closed.promise;
  });
}

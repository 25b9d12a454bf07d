/** Links in a chat, from a client over real HTTP to a web server on this machine. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import {
  AgproxyError,
  definePlugin,
  type SideCalls,
  type MediaPart,
  type Part,
  type Protocol,
} from "@agproxy/core";
import { type Script, scriptedUpstream, startGateway, textAnswer } from "@agproxy/core/testing";
import { mediaFetch } from "./index.ts";
import { createMediaFetch } from "./media-fetch.ts";
import type { MediaFetchOptions } from "./options.ts";

/** The least wire that carries a chat: the body is the content of one message. */
const wire: Protocol = {
  name: "wire",
  decode: (body) => ({
    request: {
      model: "any",
      messages: [{ role: "user", content: body as readonly Part[] }],
      stream: false,
      sampling: {},
    },
  }),
  encoder: () => ({ batch: () => "", end: () => "", fail: () => "", whole: () => ({}) }),
  error: ({ code, message, param }) => ({ code, message, param }),
};
const chat = definePlugin({ name: "chat", apply: (agproxy) => agproxy.chat("/chat", wire) });

interface Web extends AsyncDisposable {
  /** `HOST/PATH` of every request, in order. */
  readonly asked: readonly string[];
  readonly requests: readonly IncomingMessage[];
  /** The gateway's own client, for which every public name is this server and the guard is out of the way. */
  way(calls: SideCalls): SideCalls;
  readonly port: number;
}

type Page = (res: ServerResponse) => void;

/** A web of pages by `HOST/PATH`. */
async function web(pages: Readonly<Record<string, Page>>): Promise<Web> {
  const requests: IncomingMessage[] = [];
  const asked: string[] = [];
  const server = createServer((req, res) => {
    const place = `${req.headers.host}${req.url}`;
    requests.push(req);
    asked.push(place);
    const page = pages[place] ?? (() => res.writeHead(404).end());
    page(res);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    asked,
    requests,
    port,
    way: (calls) => ({
      ...calls,
      send: ({ publicOnly, url, headers, ...request }) => {
        assert.equal(publicOnly, true, "every request is for the public internet only");
        const { host, pathname, search } = new URL(url);
        const here = `http://127.0.0.1:${port}${pathname}${search}`;
        return calls.send({ ...request, url: here, headers: { ...headers, host } });
      },
    }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

const file =
  (content: string | Buffer, type = "image/png", headers = {}): Page =>
  (res) =>
    void res.writeHead(200, { "content-type": type, ...headers }).end(content);
const redirect =
  (location: string, status = 302): Page =>
  (res) =>
    void res.writeHead(status, { location }).end("moved");

const link = (url: string, media: MediaPart["media"] = "image"): MediaPart => ({
  type: "media",
  media,
  source: { kind: "url", url },
});
const data = (content: string, mimeType = "image/png", media: MediaPart["media"] = "image") => ({
  type: "media",
  media,
  mimeType,
  source: { kind: "data", data: Buffer.from(content).toString("base64") },
});

interface Reply {
  readonly status: number;
  readonly error: { readonly code?: string; readonly message?: string; readonly param?: string };
  /** The content that each attempt sent. */
  readonly sent: readonly (readonly Part[])[];
}

const good: Script = () => textAnswer("good");
const failing: Script = () => {
  throw new AgproxyError("upstream_failed");
};

async function ask(
  content: readonly Part[],
  plugin = mediaFetch(),
  scripts: readonly Script[] = [good],
): Promise<Reply> {
  const upstream = scriptedUpstream(...scripts);
  const retry = definePlugin({
    name: "retry",
    apply: ({ hooks }) =>
      hooks.attemptFailed.tap("retry", ({ error }) =>
        error.status >= 500 ? { retry: "next account" } : undefined,
      ),
  });
  await using gateway = await startGateway({ plugins: [chat, plugin, retry, upstream.plugin] });
  const response = await fetch(`${gateway.url}/chat`, {
    method: "POST",
    body: JSON.stringify(content),
  });
  const error = (await response.json()) as Reply["error"];
  const sent = upstream.sent.map(({ request }) => request.messages[0]?.content ?? []);
  return { status: response.status, error, sent };
}

const through = (own: Web, options: MediaFetchOptions = {}) => createMediaFetch(options, own.way);

/** What a client is told about a link that cannot be used. */
async function refusal(content: readonly Part[], plugin = mediaFetch()): Promise<string> {
  const { status, error, sent } = await ask(content, plugin);
  assert.equal(status, 400);
  assert.equal(error.code, "invalid_request");
  assert.equal(error.param, "messages[0].content[0]");
  assert.equal(sent.length, 0);
  const start = "The link in `messages[0].content[0]` cannot be used: ";
  const { message = "" } = error;
  assert.ok(message.startsWith(start), message);
  return message.slice(start.length);
}

test("links become content, and all else stays as it was", async () => {
  await using own = await web({
    "a.example/x?y=1": file("picture"),
    "b.example/doc": file("document", "Application/PDF; v=1"),
  });
  const signed: MediaPart = { ...link("http://a.example/x?y=1#z"), detail: "low", signature: "s" };
  const { status, sent } = await ask(
    [
      { type: "text", text: "look: http://a.example/x" },
      signed,
      link("https://b.example/doc", "file"),
    ],
    through(own),
  );
  assert.equal(status, 200);
  assert.deepEqual(sent, [
    [
      { type: "text", text: "look: http://a.example/x" },
      { ...data("picture"), detail: "low", signature: "s" },
      data("document", "application/pdf", "file"),
    ],
  ]);
});

test("links inside tool results too", async () => {
  await using own = await web({ "a.example/x": file("picture") });
  const result = { type: "tool-result", callId: "c" } as const;
  const text = { type: "text", text: "seen" } as const;
  const { sent } = await ask(
    [{ ...result, content: [text, link("http://a.example/x")] }],
    through(own),
  );
  assert.deepEqual(sent, [[{ ...result, content: [text, data("picture")] }]]);

  const { error } = await ask(
    [{ ...result, content: [text, link("http://a.example/none")] }],
    through(own),
  );
  assert.equal(error.param, "messages[0].content[0].content[1]");
});

test("each link is read once, whatever the parts and the attempts", async () => {
  await using own = await web({ "a.example/x": file("picture") });
  const parts = [link("http://a.example/x"), link("http://a.example/x")];
  const { status, sent } = await ask(parts, through(own), [failing, good]);
  assert.equal(status, 200);
  assert.equal(sent.length, 2);
  assert.deepEqual(sent[0], [data("picture"), data("picture")]);
  assert.deepEqual(sent[1], sent[0]);
  assert.deepEqual(own.asked, ["a.example/x"]);
});

test("more links than are read at a time", async () => {
  const numbers = Array.from({ length: 11 }, (_, index) => index);
  await using own = await web(
    Object.fromEntries(numbers.map((index) => [`a.example/${index}`, file(`picture ${index}`)])),
  );
  const { sent } = await ask(
    numbers.map((index) => link(`http://a.example/${index}`)),
    through(own),
  );
  assert.deepEqual(sent, [numbers.map((index) => data(`picture ${index}`))]);
});

test("what the upstream reads itself stays a link", async () => {
  await using own = await web({});
  const parts = [
    link("gs://bucket/x.png"),
    link("https://generativelanguage.googleapis.com/v1beta/files/abc", "file"),
    link("https://www.youtube.com/watch?v=1", "video"),
    link("HTTPS://YouTu.be/1", "video"),
    { type: "media", media: "file", source: { kind: "file", id: "files/abc" } } as const,
  ];
  const { sent } = await ask(parts, through(own));
  assert.deepEqual(sent, [parts]);
  assert.deepEqual(own.asked, []);
});

test("`leave` replaces the list", async () => {
  await using own = await web({ "youtu.be/1": file("page", "video/mp4") });
  const parts = [link("https://youtu.be/1", "video"), link("https://left.example/x")];
  const { sent } = await ask(parts, through(own, { leave: ["https://left.example/*"] }));
  assert.deepEqual(sent, [[data("page", "video/mp4", "video"), parts[1]]]);
});

test("switched off, a link is refused and a link that the upstream reads is not", async () => {
  await using own = await web({ "a.example/x": file("picture") });
  const off = through(own, { enabled: false });
  assert.equal(
    await refusal([link("http://a.example/x")], off),
    "this gateway fetches no links, so a.example was not asked.",
  );
  assert.deepEqual(own.asked, []);
  assert.equal((await ask([link("https://youtu.be/1", "video")], off)).status, 200);
});

test("nothing of the client or the account is sent along", async () => {
  await using own = await web({
    "a.example/x": file("picture", "image/png", { "set-cookie": "a=b" }),
  });
  await ask([link("http://a.example/x"), link("http://a.example/x?2")], through(own));
  for (const { headers } of own.requests) {
    assert.deepEqual(Object.keys(headers).sort(), [
      "accept-encoding",
      "connection",
      "host",
      "user-agent",
    ]);
  }
});

for (const status of [301, 302, 303, 307, 308]) {
  test(`a redirect is followed: ${status}`, async () => {
    await using own = await web({
      "a.example/x": redirect("//b.example/y", status),
      "b.example/y": redirect("z?1", status),
      "b.example/z?1": file("picture"),
    });
    const { sent } = await ask([link("http://a.example/x")], through(own));
    assert.deepEqual(sent, [[data("picture")]]);
    assert.deepEqual(own.asked, ["a.example/x", "b.example/y", "b.example/z?1"]);
  });
}

test("three redirects and no more", async () => {
  const pages = Object.fromEntries(
    [1, 2, 3, 4].map((step) => [`a.example/${step}`, redirect(`/${step + 1}`)]),
  );
  await using own = await web({ ...pages, "a.example/5": file("picture") });
  assert.equal((await ask([link("http://a.example/2")], through(own))).status, 200);
  assert.equal(
    await refusal([link("http://a.example/1")], through(own)),
    "a.example redirects more than 3 times.",
  );
});

for (const [location, why] of [
  ["file:///etc/passwd", "it leads to a file: address; http: and https: are taken."],
  ["http://me:secret@b.example/", "it holds a user name or a password for b.example."],
  ["http://b.example:22/", "b.example:22 is on another port than 80, 443."],
  ["http://c.test/", "c.test is not on the list of hosts that are asked."],
  ["http://[", "a.example redirects to an invalid URL."],
] as const) {
  test(`a redirect is checked like a link: ${location}`, async () => {
    await using own = await web({ "a.example/x": redirect(location) });
    const plugin = through(own, { hosts: ["*.example"] });
    assert.equal(await refusal([link("http://a.example/x")], plugin), why);
    assert.equal(own.asked.length, 1);
  });
}

for (const [title, page, why] of [
  ["a status", (res) => res.writeHead(403).end("private words"), "a.example answered 403."],
  ["a redirect to nowhere", (res) => res.writeHead(302).end(), "a.example answered 302."],
  ["a piece", (res) => res.writeHead(206).end("part"), "a.example answered 206."],
  ["nothing", file(""), "a.example sent an empty file."],
  [
    "compressed",
    file("x", "image/png", { "content-encoding": "gzip" }),
    "a.example sent it compressed.",
  ],
  [
    "another type",
    file("x", "application/zip"),
    "a.example sent application/zip; image/*, audio/*, video/*, application/pdf, text/* are taken.",
  ],
  [
    "no type",
    file("x", ""),
    "a.example sent application/octet-stream; image/*, audio/*, video/*, application/pdf, text/* are taken.",
  ],
  ["a page", file("<html>", "text/html"), "a.example sent text/html, which is no image."],
  ["too much, as it says", file("x".repeat(101)), "the file of a.example is over 100 bytes."],
  [
    "too much, without saying so",
    (res) => {
      res.writeHead(200, { "content-type": "image/png" });
      for (let part = 0; part < 11; part += 1) res.write("x".repeat(10));
    },
    "the file of a.example is over 100 bytes.",
  ],
  [
    "less than it says",
    (res) => {
      res.writeHead(200, { "content-type": "image/png", "content-length": 50 });
      res.write("x", () => res.destroy());
    },
    "a.example broke off in the middle.",
  ],
] satisfies readonly (readonly [string, Page, string])[]) {
  test(`refused: ${title}`, async () => {
    await using own = await web({ "a.example/x": page });
    const plugin = through(own, { maxBytes: 100 });
    assert.equal(await refusal([link("http://a.example/x")], plugin), why);
  });
}

test("a text is no picture, and is a file", async () => {
  await using own = await web({ "a.example/x": file("words", "text/plain; charset=utf-8") });
  const { sent } = await ask([link("http://a.example/x", "file")], through(own));
  assert.deepEqual(sent, [[data("words", "text/plain", "file")]]);
});

test("where the type says nothing, the first bytes do", async () => {
  const png = "\x89PNG\r\n\x1a\n";
  const page = file(Buffer.from(png, "latin1"), "application/octet-stream");
  await using own = await web({ "a.example/x": page });
  const { sent } = await ask([link("http://a.example/x")], through(own));
  const [part] = sent[0] ?? [];
  assert.equal(part?.type === "media" && part.mimeType, "image/png");
});

test("files that are too large together", async () => {
  await using own = await web({
    "a.example/1": file("x".repeat(60)),
    "a.example/2": file("x".repeat(60)),
  });
  const parts = [link("http://a.example/1"), link("http://a.example/2")];
  const { status, error } = await ask(parts, through(own, { maxTotalBytes: 100 }));
  assert.equal(status, 400);
  assert.match(error.message ?? "", /: with it the files are over 100 bytes\.$/);
});

test("one link many times: its file counts each time, as it is sent each time", async () => {
  await using own = await web({ "a.example/1": file("x".repeat(60)) });
  const { status, error } = await ask(
    [link("http://a.example/1"), link("http://a.example/1")],
    through(own, { maxTotalBytes: 100 }),
  );
  assert.equal(status, 400);
  assert.equal(error.param, "messages[0].content[1]");
  assert.match(error.message ?? "", /: with it the files are over 100 bytes\.$/);
});

test("too many links, and nobody is asked", async () => {
  await using own = await web({});
  const parts = [1, 2, 3, 1].map((nth) => link(`http://a.example/${nth}`));
  const { error } = await ask(parts, through(own, { maxLinks: 2 }));
  assert.equal(error.param, "messages[0].content[2]");
  assert.match(error.message ?? "", /a request may link to 2 files\.$/);
  assert.deepEqual(own.asked, []);
});

test("what requests hold together is bounded: a 503 that says when to come again, until one of them is over", async () => {
  await using own = await web({ "a.example/x": file("x".repeat(60)) });
  const [entered, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const upstream = scriptedUpstream(async function* () {
    entered.resolve();
    await end.promise;
    yield* textAnswer("good");
  });
  const plugins = [chat, through(own, { maxHeldBytes: 100 }), upstream.plugin];
  await using gateway = await startGateway({ plugins });
  const post = () =>
    fetch(`${gateway.url}/chat`, {
      method: "POST",
      body: JSON.stringify([link("http://a.example/x")]),
    });
  const first = post();
  await entered.promise;
  const refused = await post();
  assert.equal(refused.status, 503);
  assert.equal(refused.headers.get("retry-after"), "2");
  assert.equal(((await refused.json()) as Reply["error"]).code, "linked_files_busy");
  end.resolve();
  assert.equal((await first).status, 200);
  for (let count = 0; count < 5; count += 1) {
    const next = await post();
    assert.equal(next.status, 200, await next.text());
  }
});

test("links to too many hosts, and nobody is asked", async () => {
  await using own = await web({});
  const parts = ["a", "b", "a", "c"].map((host) => link(`http://${host}.example/${host}`));
  const { error } = await ask(parts, through(own, { maxHosts: 2 }));
  assert.equal(error.param, "messages[0].content[3]");
  assert.match(error.message ?? "", /a request may link to 2 hosts\.$/);
  assert.deepEqual(own.asked, []);
});

for (const [title, page] of [
  ["never answers", () => {}],
  ["never ends", (res) => void res.writeHead(200, { "content-type": "image/png" }).write("x")],
] satisfies readonly (readonly [string, Page])[]) {
  test(`a host that ${title} is given up, and its connection closed`, async () => {
    const closed = Promise.withResolvers<void>();
    const watched: Page = (res) => {
      res.once("close", closed.resolve);
      page(res);
    };
    await using own = await web({ "a.example/x": watched });
    assert.equal(
      await refusal([link("http://a.example/x")], through(own, { timeout: 50 })),
      "a.example took longer than 50 ms.",
    );
    await closed.promise;
  });
}

test("the first that fails stops the others", async () => {
  const closed = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  await using own = await web({
    "a.example/slow": (res) => {
      res.once("close", closed.resolve);
      begun.resolve();
    },
    "a.example/gone": (res) => void begun.promise.then(() => res.writeHead(410).end()),
  });
  const parts = [link("http://a.example/slow"), link("http://a.example/gone")];
  const { error } = await ask(parts, through(own));
  assert.equal(error.param, "messages[0].content[1]");
  await closed.promise;
});

test("a client that leaves stops the fetching", async () => {
  const closed = Promise.withResolvers<void>();
  const abort = new AbortController();
  await using own = await web({
    "a.example/x": (res) => {
      res.once("close", closed.resolve);
      abort.abort();
    },
  });
  const upstream = scriptedUpstream(good);
  await using gateway = await startGateway({ plugins: [chat, through(own), upstream.plugin] });
  const body = JSON.stringify([link("http://a.example/x")]);
  const request = { method: "POST", body, signal: abort.signal };
  await assert.rejects(fetch(`${gateway.url}/chat`, request), { name: "AbortError" });
  await closed.promise;
  assert.equal(upstream.sent.length, 0);
});

for (const host of [
  "127.0.0.1",
  "localhost",
  "localhost.",
  "0x7f.1",
  "2130706433",
  "0",
  "[::1]",
  "[::ffff:127.0.0.1]",
]) {
  test(`with its real guard it reads nothing of this machine: ${host}`, async () => {
    await using own = await web({});
    const url = `http://${host}:${own.port}/secret?key=secret`;
    const why = await refusal([link(url)], mediaFetch({ ports: [own.port] }));
    assert.match(why, /^\S+ has no public address\.$/);
    assert.ok(!why.includes("secret"));
    assert.deepEqual(own.asked, []);
  });
}

test("a redirect into the own network is refused by the real guard", async () => {
  await using own = await web({
    "a.example/x": redirect("http://169.254.169.254/latest/meta-data"),
  });
  // Only the first host is made public; what it leads to takes the gateway's own way.
  const way = (calls: SideCalls): SideCalls => ({
    ...calls,
    send: (request) => (request.url.includes("a.example") ? own.way(calls) : calls).send(request),
  });
  assert.equal(
    await refusal([link("http://a.example/x")], createMediaFetch({}, way)),
    "169.254.169.254 has no public address.",
  );
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { definePlugin, type MediaPart, type Part } from "@agproxy/core";
import {
  openGateway,
  type OpenGateway,
  plainChat,
  scriptedUpstream,
  type TestAnswer,
} from "@agproxy/core/testing";
import { files, type FilesOptions } from "./index.ts";

/** Whoever a header names. */
const callers = definePlugin({
  name: "callers",
  apply: ({ hooks }) =>
    hooks.authenticate.tap("callers", ({ headers }) => {
      const id = String(headers["x-caller"] ?? "ada");
      return { id, name: id };
    }),
});

async function filesGateway(options: FilesOptions = {}) {
  const upstream = scriptedUpstream("seen");
  const plugins = [callers, plainChat(), files(options), upstream.plugin];
  const gateway = await openGateway({ plugins });
  return {
    gateway,
    sent: upstream.sent,
    [Symbol.asyncDispose]: () => gateway.close(),
  };
}

interface Upload {
  readonly content?: string | Uint8Array<ArrayBuffer>;
  readonly name?: string;
  readonly type?: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

async function upload(gateway: OpenGateway, given: Upload = {}): Promise<TestAnswer> {
  const { content = "hello", name = "a.txt", type = "", fields = {}, headers = {} } = given;
  const form = new FormData();
  for (const [key, value] of Object.entries(fields)) form.set(key, value);
  form.set("file", new Blob([content], { type }), name);
  const encoded = new Response(form);
  const contentType = encoded.headers.get("content-type") ?? "";
  return gateway.inject({
    path: "/v1/files",
    headers: { "content-type": contentType, ...headers },
    body: await encoded.bytes(),
  });
}

interface WireFile {
  readonly id: string;
  readonly [field: string]: unknown;
}

async function stored(gateway: OpenGateway, given?: Upload): Promise<WireFile> {
  const { status, json } = await upload(gateway, given);
  assert.equal(status, 200, JSON.stringify(json));
  return json as WireFile;
}

const named = (id: string): MediaPart => ({
  type: "media",
  media: "file",
  source: { kind: "file", id },
});

function ask(gateway: OpenGateway, content: readonly Part[], caller = "ada"): Promise<TestAnswer> {
  const messages = [{ role: "user", content }];
  return gateway.inject({ path: "/chat", headers: { "x-caller": caller }, body: { messages } });
}

const data = (text: string) => ({ kind: "data", data: Buffer.from(text).toString("base64") });

test("a file is sent in the place of its id, with its name and its type", async () => {
  await using open = await filesGateway();
  const { gateway, sent } = open;
  const { id } = await stored(gateway, { content: "%PDF-1.7 …", name: "report" });
  const picture = await stored(gateway, { content: "PNG", name: "a.bin", type: "image/png" });
  const result: Part = {
    type: "tool-result",
    callId: "c",
    content: [{ type: "text", text: "see" }, named(picture.id)],
  };
  const answer = await ask(gateway, [{ type: "text", text: "read" }, named(id), result]);
  assert.equal(answer.status, 200, answer.body);
  assert.deepEqual(sent[0]?.request.messages[0]?.content, [
    { type: "text", text: "read" },
    {
      type: "media",
      media: "file",
      filename: "report",
      mimeType: "application/pdf",
      source: data("%PDF-1.7 …"),
    },
    {
      ...result,
      content: [
        { type: "text", text: "see" },
        {
          type: "media",
          media: "image",
          filename: "a.bin",
          mimeType: "image/png",
          source: data("PNG"),
        },
      ],
    },
  ]);
});

test("a file that is not there, or is another caller's, is a 404 that names its place", async () => {
  await using open = await filesGateway();
  const { gateway, sent } = open;
  const { id } = await stored(gateway);
  const answers = [
    await ask(gateway, [{ type: "text", text: "read" }, named(id)], "bob"),
    await ask(gateway, [{ type: "text", text: "read" }, named("file-none")]),
  ];
  for (const { status, json } of answers) {
    assert.equal(status, 404);
    assert.partialDeepStrictEqual(json, {
      error: { code: "file_not_found", param: "messages[0].content[1]" },
    });
  }
  assert.deepEqual(sent, []);
  for (const [method, path] of [
    ["GET", id],
    ["GET", `${id}/content`],
    ["DELETE", id],
  ] as const) {
    const headers = { "x-caller": "bob" };
    const { status } = await gateway.inject({ method, path: `/v1/files/${path}`, headers });
    assert.equal(status, 404, path);
  }
  assert.equal((await ask(gateway, [named(id)])).status, 200);
});

test("ids that the upstream knows stay as they are", async () => {
  await using open = await filesGateway({ leave: ["files/*", "theirs-*"] });
  const { gateway, sent } = open;
  const parts = [named("files/a"), named("theirs-1"), named("files/a")];
  assert.equal((await ask(gateway, parts)).status, 200);
  assert.deepEqual(sent[0]?.request.messages[0]?.content, parts);
  assert.equal((await ask(gateway, [named("gs://a")])).status, 404);
});

test("a file counts as often as a request names it, and what requests hold is bounded", async () => {
  await using open = await filesGateway({ maxRequestBytes: 12, maxHeldBytes: 8 });
  const { gateway } = open;
  const { id } = await stored(gateway);
  assert.equal((await ask(gateway, [named(id), named(id)])).status, 200);
  const { status, json } = await ask(gateway, [named(id), named(id), named(id)]);
  assert.equal(status, 400);
  assert.partialDeepStrictEqual(json, { error: { param: "messages[0].content[2]" } });
});

test("two requests whose files fill the memory: the second waits for its next try", async () => {
  const goOn = Promise.withResolvers<void>();
  const first = Promise.withResolvers<void>();
  const upstream = scriptedUpstream("seen");
  const slow = definePlugin({
    name: "slow",
    apply: ({ hooks }) =>
      hooks.transformRequest.tap("slow", async (request) => {
        first.resolve();
        await goOn.promise;
        return request;
      }),
  });
  const plugins = [callers, plainChat(), files({ maxHeldBytes: 12 }), slow, upstream.plugin];
  await using gateway = await openGateway({ plugins });
  const { id } = await stored(gateway);
  const held = ask(gateway, [named(id)]);
  await first.promise;
  const refused = await ask(gateway, [named(id)]);
  assert.equal(refused.status, 503);
  assert.partialDeepStrictEqual(refused.json, { error: { code: "stored_files_busy" } });
  assert.equal(refused.headers.get("retry-after"), "2");
  goOn.resolve();
  assert.equal((await held).status, 200);
  assert.equal((await ask(gateway, [named(id)])).status, 200, "what was held is free again");
});

const bytes = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));

test("the type is what the client says, or the name, or the content", async () => {
  await using open = await filesGateway();
  const { gateway } = open;
  const headers = { "anthropic-version": "2023-06-01" };
  const cases = [
    { name: "a.bin", type: "application/pdf; v=1", content: "x", is: "application/pdf" },
    { name: "notes.md", type: "text/plain", content: "# a", is: "text/markdown" },
    { name: "blob", content: bytes("\x89PNG…"), is: "image/png" },
    { name: "main.rs", content: "fn main() {} // ü", is: "text/plain" },
    { name: "blob", content: bytes("\x00\x01"), is: "application/octet-stream" },
    { name: "blob", type: "image/", content: "x", is: "text/plain" },
    { name: "blob", content: bytes("\xff\xfe"), is: "application/octet-stream" },
    { name: "ü", content: "ü".repeat(5000), is: "text/plain" },
  ];
  for (const { is, ...given } of cases) {
    const { mime_type, filename } = await stored(gateway, { ...given, headers });
    assert.equal(mime_type, is);
    assert.equal(filename, given.name);
  }
});

test("a name is without its folders, and no longer than names are", async () => {
  await using open = await filesGateway();
  const { gateway } = open;
  for (const [name, is] of [
    ["a/b/c.txt", "c.txt"],
    ["C:\\a\\c.txt", "c.txt"],
    ["a/", "unnamed"],
    ["x".repeat(300), "x".repeat(255)],
  ] as const) {
    assert.equal((await stored(gateway, { name }))["filename"], is);
  }
});

const expiry = (seconds: string, anchor = "created_at") => ({
  fields: { "expires_after[anchor]": anchor, "expires_after[seconds]": seconds },
});

test("a form that is none, or asks for what there is not, is refused by its field", async () => {
  await using open = await filesGateway({ maxBytes: 10 });
  const { gateway } = open;
  const refused = async (given: Upload, status: number, param: string) => {
    const answer = await upload(gateway, given);
    assert.equal(answer.status, status, answer.body);
    assert.partialDeepStrictEqual(answer.json, { error: { param } });
  };
  await refused({ fields: { purpose: "fine-tune" } }, 400, "purpose");
  await refused({ content: "" }, 400, "file");
  await refused({ content: "more than ten bytes" }, 413, "file");
  await refused(expiry("3599"), 400, "expires_after[seconds]");
  await refused(expiry("soon"), 400, "expires_after[seconds]");
  await refused(expiry("3600", "now"), 400, "expires_after[anchor]");
  await refused({ fields: { expires_in_seconds: "1" } }, 400, "expires_in_seconds");
  const { created_at, expires_at } = await stored(gateway, expiry("3600"));
  assert.equal(Number(expires_at) - Number(created_at), 3600);
  const json = await gateway.inject({ path: "/v1/files", body: { purpose: "user_data" } });
  assert.equal(json.status, 415);
});

test("pages go forth in either order, and back in Anthropic's words", async () => {
  await using open = await filesGateway();
  const { gateway } = open;
  const ids: string[] = [];
  for (const name of ["a", "b", "c", "d"]) {
    const purpose = name === "c" ? "vision" : "user_data";
    ids.unshift((await stored(gateway, { name, fields: { purpose } })).id);
  }
  const [d = "", c = "", b = "", a = ""] = ids;
  const listed = async (query: string, headers = {}) => {
    const { json, status } = await gateway.inject({ path: `/v1/files${query}`, headers });
    const { data, has_more } = json as { readonly data?: readonly WireFile[]; has_more?: boolean };
    return [status, data?.map(({ id }) => id), has_more];
  };
  assert.deepEqual(await listed(""), [200, [d, c, b, a], false]);
  assert.deepEqual(await listed(`?limit=2&after=${d}`), [200, [c, b], true]);
  assert.deepEqual(await listed(`?order=asc&after=${a}`), [200, [b, c, d], false]);
  assert.deepEqual(await listed("?purpose=vision"), [200, [c], false]);
  const version = { "anthropic-version": "2023-06-01" };
  assert.deepEqual(await listed(`?limit=2&before_id=${a}`, version), [200, [c, b], true]);
  assert.deepEqual(await listed(`?after_id=${c}`, version), [200, [b, a], false]);
  assert.deepEqual(await listed(`?limit=1&page=${d}`, version), [200, [c], true]);
  assert.deepEqual(await listed(`?ids[]=${a}&ids[]=${d}&ids=none`, version), [200, [d, a], false]);
  for (const query of ["?limit=0", "?limit=x", "?order=up", "?after=none"]) {
    assert.equal((await listed(query))[0], 400, query);
  }
});

test("a file goes out as bytes to be saved, never as a page", async () => {
  await using open = await filesGateway();
  const { gateway } = open;
  const content = "<script>alert(1)</script>";
  const { id } = await stored(gateway, { name: "a.html", type: "text/html", content });
  const { body, headers } = await gateway.inject({ path: `/v1/files/${id}/content` });
  assert.equal(body, content);
  assert.equal(headers.get("content-type"), "application/octet-stream");
  assert.equal(headers.get("content-disposition"), "attachment");
  assert.equal(headers.get("x-content-type-options"), "nosniff");
});

test("an option that is none is refused", () => {
  assert.throws(() => files({ maxBytes: 0 }), /maxBytes/);
  assert.throws(() => files(JSON.parse('{ "maxSize": 1 }') as FilesOptions), /maxSize/);
});

import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { readBytes } from "./body-bytes.ts";
import { readForm } from "./form-body.ts";
import { parseJson, readJson } from "./request-body.ts";

function message(body: string | Buffer, headers: Record<string, string> = {}): IncomingMessage {
  const stream = new PassThrough();
  stream.end(body);
  return Object.assign(stream, { headers }) as unknown as IncomingMessage;
}

test("a body is read as JSON", async () => {
  assert.deepEqual(await readJson(message('{"a":"ä"}'), 100), { a: "ä" });
});

test("a mistake is placed and not quoted", async () => {
  await assert.rejects(readJson(message('{"secret": 1, }'), 100), (error: Error) => {
    assert.match(
      error.message,
      /^The request body is not valid JSON \(at character \d+ of 15\)\.$/,
    );
    return true;
  });
  await assert.rejects(readJson(message(""), 100), { message: "The request body is empty." });
});

test("a body over the limit is refused, declared or not", async () => {
  const declared = message("{}", { "content-length": "101" });
  await assert.rejects(readJson(declared, 100), { code: "body_too_large" });
  await assert.rejects(readJson(message(" ".repeat(101)), 100), { code: "body_too_large" });
});

test("of many bodies that have arrived, a few are read in each turn", async () => {
  let turns = 0;
  const count = () => {
    turns += 1;
    waiting = setImmediate(count);
  };
  let waiting = setImmediate(count);
  const read = Buffer.from("1".repeat(65_536));
  const body = (): IncomingMessage => {
    const stream = new PassThrough({ highWaterMark: 2_000_000 });
    for (let reads = 0; reads < 15; reads += 1) stream.write(read);
    stream.end();
    return Object.assign(stream, { headers: {} }) as unknown as IncomingMessage;
  };
  await Promise.all(Array.from({ length: 40 }, () => readBytes(body(), 2_000_000, () => {})));
  clearImmediate(waiting);
  assert.ok(turns > 15, `${turns} turns`);
});

test("a compressed body is refused by name", async () => {
  const gzipped = message("x", { "content-encoding": "gzip" });
  await assert.rejects(readJson(gzipped, 100), { code: "unsupported_media_type", message: /gzip/ });
});

test("a form has fields and files", async () => {
  const form = new FormData();
  form.append("model", "whisper-1");
  form.append("tag", "a");
  form.append("tag", "b");
  form.append("file", new File([Buffer.from([0, 255, 10])], "a.wav", { type: "audio/wav" }));
  const encoded = new Response(form);
  const type = encoded.headers.get("content-type") ?? "";
  const body = Buffer.from(await encoded.arrayBuffer());
  const { fields, files } = await readForm(message(body, { "content-type": type }), 10_000);
  assert.deepEqual(fields.get("tag"), ["a", "b"]);
  assert.deepEqual(files, [
    { field: "file", filename: "a.wav", mimeType: "audio/wav", data: "AP8K" },
  ]);
});

test("JSON where a form is wanted, and a form where JSON is wanted, are refused", async () => {
  const json = message("{}", { "content-type": "application/json" });
  await assert.rejects(readForm(json, 100), { code: "unsupported_media_type" });
  const form = message("--x--", { "content-type": "multipart/form-data; boundary=x" });
  await assert.rejects(readJson(form, 100), { code: "unsupported_media_type" });
  const broken = message("--y", { "content-type": "multipart/form-data; boundary=x" });
  await assert.rejects(readForm(broken, 100), { code: "invalid_request" });
});

test("a form of very many parts is refused before it is parsed", { timeout: 20_000 }, async () => {
  const part = '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n';
  const form = (count: number, boundary: string) =>
    readForm(
      message(`${part.repeat(count)}--x--\r\n`, {
        "content-type": `multipart/form-data; boundary=${boundary}`,
      }),
      100_000_000,
    );
  for (const boundary of ["x", '"x"']) {
    await assert.rejects(form(1_000_000, boundary), { code: "invalid_request" });
    assert.equal((await form(1000, boundary)).fields.get("a")?.length, 1000);
  }
});

test("JSON that would take seconds to parse is refused", { timeout: 20_000 }, async () => {
  const many = 20_000_000;
  const keys = Array.from({ length: 1_000_000 }, (_, index) => `"key-${index}":1`);
  for (const text of ["[".repeat(many), `[${"1,".repeat(many)}1]`, `{${keys.join(",")}}`]) {
    await assert.rejects(parseJson(Buffer.from(text)), { code: "invalid_request" });
  }
  const image = { url: "[,".repeat(many) };
  assert.deepEqual(await parseJson(Buffer.from(JSON.stringify(image))), image);
});

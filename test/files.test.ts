/** Files that callers upload with the official SDKs are used by their ids on every wire, and nobody else finds them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import Anthropic, { NotFoundError as AnthropicNotFound } from "@anthropic-ai/sdk";
import { files } from "@agproxy/plugin-files";
import { openai } from "@agproxy/plugin-openai";
import OpenAI, { NotFoundError, toFile } from "openai";
import { scriptedUpstream, startGateway } from "agproxy/testing";
import { openapiValidator } from "./openapi/validator.ts";
import { at } from "./support/json-path.ts";
import { product, type Product } from "./support/product.ts";
import { folder } from "./support/folder.ts";

const [adaKey, bobKey] = ["a-key-of-adas-own-000000000000000", "a-key-of-bobs-own-000000000000000"];

function keyed() {
  return product({ auth: { mode: "strict", keys: [adaKey, bobKey] } });
}

const openaiClient = ({ url }: Pick<Product, "url">, apiKey = adaKey) =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 });

const anthropicClient = ({ url }: Pick<Product, "url">, apiKey = adaKey) =>
  new Anthropic({ baseURL: url, apiKey, authToken: null, maxRetries: 0 });

const text = "%PDF-1.7 a report";
const report = () => toFile(Buffer.from(text), "report.pdf");
const inline = { mimeType: "application/pdf", data: Buffer.from(text).toString("base64") };
const png = Buffer.from("\x89PNG a picture", "latin1");

/** The media that went upstream with the latest request. */
function sentMedia({ upstream }: Product): unknown {
  const parts = at(upstream.requests.at(-1)?.body, "contents", 0, "parts");
  assert.ok(Array.isArray(parts));
  return parts.flatMap((part: unknown) => at(part, "inlineData") ?? []);
}

test("OpenAI's SDK creates, lists, retrieves, reads and deletes a file", async () => {
  await using gateway = await keyed();
  const client = openaiClient(gateway);
  const created = await client.files.create({
    file: await report(),
    purpose: "user_data",
    expires_after: { anchor: "created_at", seconds: 3600 },
  });
  assert.partialDeepStrictEqual(created, {
    object: "file",
    bytes: text.length,
    filename: "report.pdf",
    purpose: "user_data",
    expires_at: created.created_at + 3600,
  });
  assert.deepEqual(await client.files.retrieve(created.id), created);
  assert.deepEqual(await client.files.waitForProcessing(created.id), created);
  assert.equal(await (await client.files.content(created.id)).text(), text);
  const second = await client.files.create({ file: await report(), purpose: "assistants" });
  const listed = await Array.fromAsync(client.files.list({ limit: 1 }));
  assert.deepEqual(
    listed.map(({ id }) => id),
    [second.id, created.id],
  );
  const deleted = await client.files.delete(created.id);
  assert.deepEqual(deleted, { id: created.id, object: "file", deleted: true });
  await assert.rejects(client.files.retrieve(created.id), NotFoundError);
  await assert.rejects(client.files.content(created.id), NotFoundError);
  await assert.rejects(client.files.delete(created.id), NotFoundError);
});

test("answers are what OpenAI's description says", async () => {
  await using gateway = await keyed();
  const validator = openapiValidator();
  const ask = async (method: string, path: string, filled = path, body: FormData | null = null) => {
    const headers = { authorization: `Bearer ${adaKey}` };
    const answer = await fetch(`${gateway.url}/v1${filled}`, { method, headers, body });
    const said: unknown = await answer.json();
    assert.deepEqual(validator.validate({ path, method, status: answer.status }, said), []);
    return said;
  };
  const form = new FormData();
  form.set("purpose", "user_data");
  form.set("file", new Blob([text]), "report.pdf");
  await ask("GET", "/files");
  const id = String(at(await ask("POST", "/files", "/files", form), "id"));
  await ask("GET", "/files");
  await ask("GET", "/files/{file_id}", `/files/${id}`);
  await ask("DELETE", "/files/{file_id}", `/files/${id}`);
});

test("Anthropic's SDK uploads, lists, reads and deletes a file", async () => {
  await using gateway = await keyed();
  const { files: api } = anthropicClient(gateway).beta;
  const uploaded = await api.upload({ file: await report() });
  assert.partialDeepStrictEqual(uploaded, {
    type: "file",
    filename: "report.pdf",
    mime_type: "application/pdf",
    size_bytes: text.length,
  });
  assert.deepEqual(await api.retrieveMetadata(uploaded.id), uploaded);
  assert.equal(await (await api.download(uploaded.id)).text(), text);
  const second = await api.upload({ file: await report() });
  const listed = await Array.fromAsync(api.list({ limit: 1 }));
  assert.deepEqual(
    listed.map(({ id }) => id),
    [second.id, uploaded.id],
  );
  assert.deepEqual(await api.delete(uploaded.id), { id: uploaded.id, type: "file_deleted" });
  await assert.rejects(api.retrieveMetadata(uploaded.id), AnthropicNotFound);
});

test("a file that came by one API is used on every wire", async () => {
  await using gateway = await keyed();
  const client = openaiClient(gateway);
  const { id } = await client.files.create({ file: await report(), purpose: "user_data" });

  const chat = await client.chat.completions.create({
    model: "gpt-4o",
    messages: [{ role: "user", content: [{ type: "file", file: { file_id: id } }] }],
  });
  assert.match(chat.choices[0]?.message.content ?? "", /You sent: 1 file/);
  assert.deepEqual(sentMedia(gateway), [inline]);

  const response = await client.responses.create({
    model: "gpt-4o",
    input: [{ role: "user", content: [{ type: "input_file", file_id: id }] }],
  });
  assert.match(response.output_text, /You sent: 1 file/);
  assert.deepEqual(sentMedia(gateway), [inline]);

  const content = [{ type: "document", source: { type: "file", file_id: id } } as const];
  const message = await anthropicClient(gateway).beta.messages.create({
    model: "claude-sonnet-5-5",
    max_tokens: 100,
    messages: [{ role: "user", content }],
    betas: ["files-api-2025-04-14"],
  });
  assert.match(JSON.stringify(message.content), /You sent: 1 file/);
  assert.deepEqual(sentMedia(gateway), [inline]);
});

test("a picture by its id is a picture, on every wire and in a stream", async () => {
  await using gateway = await keyed();
  const client = openaiClient(gateway);
  const file = await toFile(png, "cat.png");
  const { id } = await anthropicClient(gateway).beta.files.upload({ file });
  const sent = [{ mimeType: "image/png", data: png.toString("base64") }];

  const stream = client.responses.stream({
    model: "gpt-4o",
    input: [{ role: "user", content: [{ type: "input_image", file_id: id, detail: "auto" }] }],
  });
  assert.match((await stream.finalResponse()).output_text, /You sent: 1 image/);
  assert.deepEqual(sentMedia(gateway), sent);

  const content = [{ type: "image", source: { type: "file", file_id: id } } as const];
  const message = anthropicClient(gateway).beta.messages.stream({
    model: "claude-sonnet-5-5",
    max_tokens: 100,
    messages: [{ role: "user", content }],
  });
  assert.match(await message.finalText(), /You sent: 1 image/);
  assert.deepEqual(sentMedia(gateway), sent);
});

test("a stored response goes on from a file that its first turn named", async () => {
  await using gateway = await keyed();
  const client = openaiClient(gateway);
  const { id } = await client.files.create({ file: await report(), purpose: "user_data" });
  const first = await client.responses.create({
    model: "gpt-4o",
    input: [{ role: "user", content: [{ type: "input_file", file_id: id }] }],
  });
  const next = { model: "gpt-4o", previous_response_id: first.id, input: "And what else?" };
  await client.responses.create(next);
  assert.deepEqual(sentMedia(gateway), [inline]);
  const items = await Array.fromAsync(client.responses.inputItems.list(first.id));
  assert.equal(at(items, 0, "content", 0, "file_id"), id, "the id is what is stored");
  await client.files.delete(id);
  await assert.rejects(client.responses.create(next), NotFoundError);
});

test("another caller's file is not there: by its path, in a list, and in a request of any wire", async () => {
  await using gateway = await keyed();
  const { id } = await openaiClient(gateway).files.create({
    file: await report(),
    purpose: "user_data",
  });
  const [openaiOfBob, anthropicOfBob] = [
    openaiClient(gateway, bobKey),
    anthropicClient(gateway, bobKey),
  ];
  assert.deepEqual(await Array.fromAsync(openaiOfBob.files.list()), []);
  const asked = gateway.upstream.requests.length;
  const attempts = [
    () => openaiOfBob.files.retrieve(id),
    () => openaiOfBob.files.content(id),
    () => openaiOfBob.files.delete(id),
    () =>
      openaiOfBob.chat.completions.create({
        model: "gpt-4o",
        messages: [{ role: "user", content: [{ type: "file", file: { file_id: id } }] }],
      }),
    () =>
      openaiOfBob.responses.create({
        model: "gpt-4o",
        input: [{ role: "user", content: [{ type: "input_file", file_id: id }] }],
      }),
  ];
  for (const attempt of attempts) {
    await assert.rejects(attempt, (error: unknown) => {
      assert.ok(error instanceof NotFoundError);
      assert.equal(error.code, "file_not_found");
      assert.match(error.message, /This API key has no file "file-[0-9a-f]{32}" here/);
      return true;
    });
  }
  const content = [{ type: "document", source: { type: "file", file_id: id } } as const];
  await assert.rejects(
    anthropicOfBob.beta.messages.create({
      model: "claude-sonnet-5-5",
      max_tokens: 100,
      messages: [{ role: "user", content }],
    }),
    (error: unknown) => {
      assert.ok(error instanceof AnthropicNotFound);
      assert.equal(error.type, "not_found_error");
      return true;
    },
  );
  assert.equal(gateway.upstream.requests.length, asked, "no account was asked");
  await openaiClient(gateway).files.retrieve(id);
});

test("a file outlives a restart where the store does", async () => {
  await using place = await folder();
  const open = () =>
    startGateway({
      store: `${place.path}/agproxy.sqlite`,
      plugins: [openai(), files(), scriptedUpstream("seen").plugin],
    });
  const bytes = Buffer.alloc(3_000_000, "agproxy ");
  const first = await open();
  const { id } = await openaiClient(first).files.create({
    file: await toFile(bytes, "long.txt"),
    purpose: "user_data",
  });
  await first.close();
  await using second = await open();
  const content = await openaiClient(second).files.content(id);
  assert.ok(bytes.equals(Buffer.from(await content.arrayBuffer())));
});

/** Images are what OpenAI's API description says, and what its SDK reads. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { images } from "@agproxy/plugin-images";
import type { ChatEvent } from "agproxy";
import { readSseText, scriptedUpstream, startGateway } from "agproxy/testing";
import { BadRequestError, toFile } from "openai";
import { openapiValidator } from "./openapi/validator.ts";
import { client } from "./support/client.ts";
import { at } from "./support/json-path.ts";
import { mediaGateway } from "./support/media-gateway.ts";

const validator = openapiValidator();

const drawn = (mimeType: string): ChatEvent => ({
  type: "media",
  choice: 0,
  media: "image",
  mimeType,
  data: "aGk=",
});
const finish: ChatEvent = { type: "finish", choice: 0, reason: "stop" };
const usage: ChatEvent = {
  type: "usage",
  usage: { inputTokens: 7, outputTokens: 1290, totalTokens: 1297 },
};

const answers: Readonly<Record<string, readonly ChatEvent[]>> = {
  "an image": [drawn("image/png"), finish, usage],
  "text and two images, uncounted": [
    { type: "text", choice: 0, text: "Here." },
    drawn("image/jpeg"),
    drawn("image/webp"),
    finish,
  ],
};

const routes = {
  generations: { kind: "image_generation", body: { prompt: "a cat" }, form: undefined },
  edits: { kind: "image_edit", body: undefined, form: { prompt: "a hat" } },
} as const;

async function ask(
  route: keyof typeof routes,
  more: Readonly<Record<string, string>>,
  events: readonly ChatEvent[],
  stream = false,
): Promise<Response> {
  const { body, form } = routes[route];
  const upstream = scriptedUpstream(() => events.map((event) => [event]));
  await using gateway = await startGateway({ plugins: [images(), upstream.plugin] });
  const fields = new FormData();
  for (const [key, value] of Object.entries({ ...form, ...more })) fields.append(key, value);
  fields.append("stream", String(stream));
  fields.append("image", new File(["png"], "a.png", { type: "image/png" }));
  const json = JSON.stringify({ ...body, ...more, stream });
  const response = await fetch(`${gateway.url}/v1/images/${route}`, {
    method: "POST",
    ...(form === undefined
      ? { headers: { "content-type": "application/json" }, body: json }
      : { body: fields }),
  });
  return new Response(await response.text(), response);
}

for (const route of ["generations", "edits"] as const) {
  for (const [title, events] of Object.entries(answers)) {
    const target = { path: `/images/${route}`, method: "POST", status: 200 };
    test(`described: ${route}, ${title}`, async () => {
      for (const format of ["b64_json", "url"]) {
        const response = await ask(route, { response_format: format }, events);
        const body: unknown = await response.json();
        assert.ok(at(body, "data", 0, format));
        assert.deepEqual(validator.validate(target, body), []);
      }
    });

    test(`described: ${route} streamed, ${title}`, async () => {
      const response = await ask(route, { quality: "high" }, events, true);
      const frames = readSseText(await response.text());
      assert.equal(frames.length, events.filter(({ type }) => type === "media").length);
      for (const { event, data } of frames) {
        assert.equal(event, `${routes[route].kind}.completed`);
        const body: unknown = JSON.parse(data);
        assert.deepEqual(validator.validate({ ...target, stream: true }, body), []);
      }
    });
  }

  test(`described: ${route}, an error`, async () => {
    const body: unknown = await (await ask(route, {}, [finish])).json();
    assert.deepEqual(validator.validate("ErrorResponse", body), []);
  });
}

const isPng = (base64: string | undefined) => base64?.startsWith("iVBORw0KGgo") === true;

const file = (name: string) => toFile(Buffer.from(name), `${name}.png`, { type: "image/png" });
const inline = (name: string) => ({
  inlineData: { mimeType: "image/png", data: Buffer.from(name).toString("base64") },
});

suite("the SDK", () => {
  test("generates", async () => {
    await using gateway = await mediaGateway(images());
    const { data, response } = await client(gateway)
      .images.generate({ model: "gpt-image-1", prompt: "a cat", size: "1536x1024" })
      .withResponse();
    assert.ok(isPng(data.data?.[0]?.b64_json));
    assert.equal(data.output_format, "png");
    assert.equal(data.usage?.total_tokens, data.usage!.input_tokens + data.usage!.output_tokens);
    assert.equal(response.headers.get("x-mapped-model"), "gemini-3.1-flash-image");
    const config = at(gateway.upstream.requests.at(-1)?.body, "generationConfig");
    assert.deepEqual(at(config, "responseModalities"), ["IMAGE"]);
    assert.equal(at(config, "imageConfig", "aspectRatio"), "3:2");
  });

  test("gets a URL that it can read, for the models that give one", async () => {
    await using gateway = await mediaGateway(images());
    const asked = { model: "dall-e-3", prompt: "a cat" };
    const { data } = await client(gateway).images.generate(asked);
    const response = await fetch(data?.[0]?.url ?? "");
    assert.equal(response.headers.get("content-type"), "image/png");
    assert.ok(isPng(Buffer.from(await response.arrayBuffer()).toString("base64")));
  });

  test("generates without naming a model", async () => {
    await using gateway = await mediaGateway(images());
    const { data } = await client(gateway).images.generate({ prompt: "a cat" });
    assert.ok(isPng(data?.[0]?.b64_json));
  });

  test("edits several images", async () => {
    await using gateway = await mediaGateway(images());
    const { data } = await client(gateway).images.edit({
      model: "gpt-image-1",
      image: [await file("one"), await file("two")],
      mask: await file("mask"),
      prompt: "a hat",
    });
    assert.ok(isPng(data?.[0]?.b64_json));
    const parts = at(gateway.upstream.requests.at(-1)?.body, "contents", 0, "parts");
    assert.deepEqual(parts, [inline("one"), inline("two"), { text: "a hat" }]);
  });

  test("streams", async () => {
    await using gateway = await mediaGateway(images());
    const asked = { model: "gpt-image-1", prompt: "a cat", partial_images: 1 };
    const stream = await client(gateway).images.generate({ ...asked, stream: true });
    const events = await Array.fromAsync(stream);
    assert.deepEqual(
      events.map(({ type }) => type),
      ["image_generation.completed"],
    );
    assert.ok(isPng(events[0]?.b64_json));
  });

  test("throws the model's words where there is no image", async () => {
    await using gateway = await mediaGateway(images());
    const asked = { model: "gemini-2.5-flash", prompt: "a cat" };
    await assert.rejects(client(gateway).images.generate(asked), (error) => {
      assert.ok(error instanceof BadRequestError);
      assert.match(error.message, /drew no image: This is the agproxy sandbox/);
      return true;
    });
  });
});

/**
 * The promise: a chat that goes on after a picture sends the picture back as what it was, with the signature that its
 * model wants, though no client has a place for it.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { geminiServer, sse, type GeminiCall } from "./support/gemini-server.ts";
import { poolGateway } from "./support/pool-gateway.ts";

const data = Buffer.from("\x89PNG\r\n\x1a\nnot really a picture").toString("base64");
const picture = { inlineData: { mimeType: "image/png", data }, thoughtSignature: "c2lnbmVk" };

function draw({ response, streamed }: GeminiCall): void {
  const parts = [{ text: "Here: " }, picture];
  const content = { role: "model", parts };
  const payload = { candidates: [{ index: 0, content, finishReason: "STOP" }] };
  response.writeHead(200, { "content-type": streamed ? "text/event-stream" : "application/json" });
  response.end(streamed ? sse(payload) : JSON.stringify(payload));
}

interface Part {
  readonly inlineData?: { readonly data: string };
  readonly thoughtSignature?: string;
}

async function ask(url: string, more: object): Promise<Response> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "gemini-3-pro-image", ...more }),
  });
  assert.equal(response.status, 200, await response.clone().text());
  return response;
}

interface Delta {
  readonly choices: readonly { readonly delta: { readonly content?: string } }[];
}

async function drawn(url: string, stream: boolean): Promise<string> {
  const response = await ask(url, { stream, messages: [{ role: "user", content: "A cat" }] });
  if (!stream) {
    const { choices } = (await response.json()) as {
      readonly choices: readonly [{ readonly message: { readonly content: string } }];
    };
    return choices[0].message.content;
  }
  const lines = (await response.text()).split("\n").filter((line) => line.startsWith("data: {"));
  const deltas = lines.flatMap((line) => (JSON.parse(line.slice(6)) as Delta).choices);
  return deltas.map(({ delta }) => delta.content ?? "").join("");
}

const history = (content: string) => [
  { role: "user", content: "A cat" },
  { role: "assistant", content },
  { role: "user", content: "Make it blue" },
];

/** The parts with media of a body that reached the upstream. */
function pictures(body: unknown): readonly Part[] {
  const { contents } = body as {
    readonly contents: readonly { readonly parts: readonly Part[] }[];
  };
  return contents.flatMap(({ parts }) =>
    parts.filter(({ inlineData }) => inlineData !== undefined),
  );
}

for (const stream of [false, true]) {
  test(`the signature is back on the picture, ${stream ? "streamed" : "whole"}`, async () => {
    await using upstream = await geminiServer(draw);
    await using gateway = await poolGateway(upstream.url);
    const answer = await drawn(gateway.url, stream);
    assert.match(answer, /^Here: !\[image\]\(data:image\/png;base64,/);
    await ask(gateway.url, { messages: history(answer) });
    const unknown = `![image](data:image/png;base64,AAAA${data})`;
    await ask(gateway.url, { messages: history(unknown) });
    await ask(gateway.url, { model: "gemini-2.5-flash-image", messages: history(answer) });
    const [, known, other, foreign] = upstream.calls.map(({ body }) => pictures(body));
    assert.deepEqual(known, [picture]);
    assert.deepEqual(
      other?.map(({ thoughtSignature }) => thoughtSignature),
      [undefined],
    );
    // A model of another generation refuses the signature.
    assert.deepEqual(
      foreign?.map(({ thoughtSignature }) => thoughtSignature),
      [undefined],
    );
  });
}

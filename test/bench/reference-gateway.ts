/** What koa and got cost by themselves: the same translation of text as agproxy's, in one file, and no more. */
import { randomUUID } from "node:crypto";
import http, { type ServerResponse } from "node:http";
import https from "node:https";
import { json, text } from "node:stream/consumers";
import { StringDecoder } from "node:string_decoder";
import got, { type Request } from "got";
import Koa from "koa";

interface Ask {
  readonly model: string;
  readonly stream?: boolean;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
}

interface Answer {
  readonly candidates: readonly [
    { readonly content: { readonly parts: readonly [{ text: string }] }; finishReason?: "STOP" },
  ];
  readonly usageMetadata: Readonly<
    Record<`${"prompt" | "candidates" | "total"}TokenCount`, number>
  >;
}

const base = `${process.env["GEMINI_BASE_URL"]}/v1beta/models/gemini-2.5-flash`;
const client = got.extend({
  agent: {
    http: new http.Agent({ keepAlive: true }),
    https: new https.Agent({ keepAlive: true }),
  },
  decompress: false,
  headers: { "x-goog-api-key": "reference", "content-type": "application/json" },
  method: "POST",
  retry: { limit: 0 },
});

const app = new Koa();
app.use(async (ctx) => {
  if (ctx.path === "/healthz") return void (ctx.body = { status: "ok" });
  const ask = (await json(ctx.req)) as Ask;
  const head = { id: randomUUID(), created: Math.floor(Date.now() / 1000), model: ask.model };
  const method = ask.stream === true ? "streamGenerateContent?alt=sse" : "generateContent";
  const call = client.stream(`${base}:${method}`, { body: JSON.stringify(translated(ask)) });
  if (ask.stream === true) {
    ctx.respond = false;
    return stream(call, { ...head, object: "chat.completion.chunk" }, ctx.res);
  }
  const answer = JSON.parse(await text(call)) as Answer;
  const message = { role: "assistant", content: answer.candidates[0].content.parts[0].text };
  const choices = [{ index: 0, message, finish_reason: "stop" }];
  ctx.body = { ...head, object: "chat.completion", choices, usage: counted(answer) };
});
const server = app.listen(0, "127.0.0.1");
server.keepAliveTimeout = 60_000;

async function stream(call: Request, head: object, response: ServerResponse): Promise<void> {
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  const open = `data: ${JSON.stringify(head).slice(0, -1)},"choices":[`;
  const decoder = new StringDecoder();
  let [rest, usage] = ["", {}];
  for await (const bytes of call as AsyncIterable<Buffer>) {
    const lines = (rest + decoder.write(bytes)).split("\r\n");
    rest = lines.pop() ?? "";
    let frames = "";
    for (const line of lines.filter(Boolean)) {
      const answer = JSON.parse(line.slice(6)) as Answer;
      const [{ content, finishReason }] = answer.candidates;
      const delta = `{"index":0,"delta":{"content":${JSON.stringify(content.parts[0].text)}}`;
      const finish = finishReason === undefined ? "null" : '"stop"';
      frames += `${open}${delta},"logprobs":null,"finish_reason":${finish}}],"usage":null}\n\n`;
      usage = counted(answer);
    }
    response.write(frames);
  }
  response.end(`${open}],"usage":${JSON.stringify(usage)}}\n\ndata: [DONE]\n\n`);
}

function translated({ messages }: Ask): unknown {
  const said = (one: Ask["messages"][number]) => [{ text: one.content }];
  const turns = messages.filter(({ role }) => role !== "system");
  return {
    systemInstruction: { parts: messages.filter(({ role }) => role === "system").flatMap(said) },
    contents: turns.map((one) => ({
      role: one.role === "assistant" ? "model" : "user",
      parts: said(one),
    })),
  };
}

function counted({ usageMetadata: count }: Answer): object {
  return {
    prompt_tokens: count.promptTokenCount,
    completion_tokens: count.candidatesTokenCount,
    total_tokens: count.totalTokenCount,
  };
}

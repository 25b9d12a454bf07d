/** A server on a loopback port that speaks OpenAI's chat wire as a model with one tool would. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { sseFrame } from "agproxy";
import { at } from "./json-path.ts";

export interface ChatServer extends AsyncDisposable {
  readonly url: string;
  /** The bodies of the chats so far. */
  readonly asked: readonly unknown[];
}

const usage = {
  prompt_tokens: 9,
  completion_tokens: 5,
  total_tokens: 14,
  prompt_tokens_details: { cached_tokens: 4 },
  completion_tokens_details: { reasoning_tokens: 2 },
};
const call = {
  id: "call_of_the_server",
  type: "function",
  function: { name: "get_weather", arguments: '{"city":"Paris"}' },
};

/** Thinks, and calls `get_weather` until there is a result, which it repeats. */
export async function chatServer(): Promise<ChatServer> {
  const asked: unknown[] = [];
  const server = createServer((request, response) => {
    if (request.url === "/v1/models") return json(response, { data: [{ id: "local-model" }] });
    void serve(request, response);
  });
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await bodyOf(request);
    asked.push(body);
    answer(body, response);
  };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    asked,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function answer(body: unknown, response: ServerResponse): void {
  const messages = at(body, "messages");
  const last: unknown = Array.isArray(messages) ? messages.at(-1) : undefined;
  const calls = at(body, "tools") !== undefined && at(last, "role") !== "tool";
  const words = `You said: ${String(at(last, "content"))}`;
  const finish_reason = calls ? "tool_calls" : "stop";
  if (at(body, "stream") === true) {
    stream(response, calls ? callDeltas : textDeltas(words), finish_reason);
    return;
  }
  const message = calls
    ? { role: "assistant", content: null, ...thought, tool_calls: [call] }
    : { role: "assistant", content: words, ...thought };
  const choices = [{ index: 0, message, finish_reason }];
  json(response, { id: "c", object: "chat.completion", model: "local-model", choices, usage });
}

const thought = { reasoning_content: "hm" };
const callDeltas = [
  { role: "assistant", content: null },
  thought,
  { tool_calls: [{ index: 0, ...call, function: { name: "get_weather", arguments: "" } }] },
  { tool_calls: [{ index: 0, function: { arguments: '{"city":' } }] },
  { tool_calls: [{ index: 0, function: { arguments: '"Paris"}' } }] },
];

function textDeltas(words: string): readonly object[] {
  return [{ role: "assistant" }, thought, ...words.split(/(?<= )/).map((content) => ({ content }))];
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = "";
  for await (const piece of request.setEncoding("utf8")) text += String(piece);
  return JSON.parse(text) as unknown;
}

function json(response: ServerResponse, body: object): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function stream(response: ServerResponse, deltas: readonly object[], finish: string): void {
  const head = { id: "c", object: "chat.completion.chunk", model: "local-model" };
  const choice = (delta: object, finish_reason: string | null) => ({
    ...head,
    choices: [{ index: 0, delta, finish_reason }],
  });
  const chunks = [
    ...deltas.map((delta) => choice(delta, null)),
    choice({}, finish),
    { ...head, choices: [], usage },
  ];
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const chunk of chunks) response.write(sseFrame(JSON.stringify(chunk)));
  response.end(sseFrame("[DONE]"));
}

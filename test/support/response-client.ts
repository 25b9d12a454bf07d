/** Speaks to `/v1/responses` and what stands under it as a client does, and hands back what it gets. */
import assert from "node:assert/strict";
import type { ChatRequest } from "agproxy";
import { readSseText, type Script, textAnswer } from "agproxy/testing";

export type Json = Readonly<Record<string, unknown>>;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}

export interface ResponseClient {
  post(path: string, body: object): Promise<Answer>;
  get(path: string): Promise<Answer>;
  delete(path: string): Promise<Answer>;
  /** A response, which must be a good one. */
  create(body: object): Promise<Json>;
  /** The events of a stream, in order; `[DONE]` is left out. */
  stream(body: object): Promise<readonly Json[]>;
  /** The events of a stream that is asked for by a path. */
  resume(path: string): Promise<readonly Json[]>;
}

export function responseClient(gateway: { readonly url: string }, key = "any"): ResponseClient {
  const send = (method: string, path: string, body?: object) =>
    fetch(`${gateway.url}/v1/responses${path}`, {
      method,
      headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
      ...(body === undefined ? {} : { body: JSON.stringify({ model: "m", ...body }) }),
      signal: AbortSignal.timeout(60_000),
    });
  const json = async (method: string, path: string, body?: object): Promise<Answer> => {
    const { status, headers, ...answer } = await read(await send(method, path, body));
    return { status, headers, body: JSON.parse(answer.text) as Json };
  };
  return {
    post: (path, body) => json("POST", path, body),
    get: (path) => json("GET", path),
    delete: (path) => json("DELETE", path),
    async create(body) {
      const answer = await json("POST", "", body);
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      return answer.body;
    },
    stream: async (body) => eventsOf(await read(await send("POST", "", { ...body, stream: true }))),
    resume: async (path) => eventsOf(await read(await send("GET", path))),
  };
}

async function read(response: Response) {
  return { status: response.status, headers: response.headers, text: await response.text() };
}

function eventsOf({ status, text }: { status: number; text: string }): readonly Json[] {
  assert.equal(status, 200, text);
  return readSseText(text)
    .filter(({ data }) => data !== "[DONE]")
    .map(({ data }) => JSON.parse(data) as Json);
}

/** Asks for a background response until its status is final, as clients do. */
export async function polled(client: Pick<ResponseClient, "get">, id: unknown): Promise<Json> {
  for (;;) {
    const { body } = await client.get(`/${String(id)}`);
    if (body["status"] !== "queued" && body["status"] !== "in_progress") return body;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** The text of a response. */
export function outputText({ output }: Json): string {
  assert.ok(Array.isArray(output));
  return (output as { type: string; content?: { text?: string }[] }[])
    .flatMap(({ type, content = [] }) => (type === "message" ? content : []))
    .map(({ text = "" }) => text)
    .join("");
}

/** What a request says, a line for each message: `user: hello`. */
export function transcript({ messages }: ChatRequest): readonly string[] {
  return messages.map(({ role, content }) => {
    const said = content.map((part) => {
      if (part.type === "tool-call") return `${part.name}(${part.arguments})`;
      if (part.type === "tool-result")
        return `= ${part.content.map((one) => (one.type === "text" ? one.text : one.media)).join("")}`;
      return "text" in part ? part.text : part.type;
    });
    return `${role}: ${said.join(" ")}`;
  });
}

/** Answers "reply N" to a conversation of N messages of the user. */
export const counting: Script = ({ messages }) =>
  textAnswer(`reply ${messages.filter(({ role }) => role === "user").length}`);

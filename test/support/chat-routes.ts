/** The routes that carry a chat: how a test asks them, and where it finds what it wants to know. */
import assert from "node:assert/strict";
import { readSseText } from "agproxy/testing";
import { at } from "./json-path.ts";

export interface ChatRoute {
  /** With the model `any`, where it has one. */
  readonly path: string;
  /** For APIs that stream on another path. */
  readonly streamPath?: string;
  /** A request for one answer to one prompt. */
  body(prompt: string, stream: boolean): Readonly<Record<string, unknown>>;
  /** The text of an answer that was not streamed. */
  text(answer: unknown): string;
  /** The text of a stream. */
  streamedText(stream: string): string;
  /** Whether a stream says that it is complete. */
  isComplete(stream: string): boolean;
  /** The error in which a stream ends; undefined where it ends well. */
  streamedError(stream: string): unknown;
  /** The status for a model without capacity. Absent: 503. */
  readonly overloaded?: number;
}

const payloads = (stream: string): readonly unknown[] =>
  readSseText(stream)
    .filter(({ data }) => data !== "[DONE]")
    .map(({ data }): unknown => JSON.parse(data));

const endsInDone = (stream: string) => readSseText(stream).at(-1)?.data === "[DONE]";

const join = (pieces: readonly unknown[]) =>
  pieces.filter((piece) => typeof piece === "string").join("");

const chunkError = (stream: string) => at(payloads(stream).at(-1), "error");

const chat: ChatRoute = {
  path: "/v1/chat/completions",
  body: (prompt, stream) => ({
    model: "any",
    stream,
    messages: [{ role: "user", content: prompt }],
  }),
  text: (answer) => String(at(answer, "choices", 0, "message", "content")),
  streamedText: (stream) =>
    join(payloads(stream).map((chunk) => at(chunk, "choices", 0, "delta", "content"))),
  isComplete: endsInDone,
  streamedError: chunkError,
};

const completions: ChatRoute = {
  path: "/v1/completions",
  body: (prompt, stream) => ({ model: "any", stream, prompt }),
  text: (answer) => String(at(answer, "choices", 0, "text")),
  streamedText: (stream) => join(payloads(stream).map((chunk) => at(chunk, "choices", 0, "text"))),
  isComplete: endsInDone,
  streamedError: chunkError,
};

const responses: ChatRoute = {
  path: "/v1/responses",
  body: (prompt, stream) => ({ model: "any", stream, input: prompt }),
  text: (answer) => String(at(answer, "output", 0, "content", 0, "text")),
  streamedText: (stream) =>
    join(
      payloads(stream)
        .filter((event) => at(event, "type") === "response.output_text.delta")
        .map((event) => at(event, "delta")),
    ),
  isComplete: (stream) => readSseText(stream).some(({ event }) => event === "response.completed"),
  streamedError(stream) {
    const [before, last] = payloads(stream).slice(-2);
    if (at(last, "type") !== "response.failed") return undefined;
    assert.equal(at(before, "type"), "error", "the error event comes before response.failed");
    assert.equal(at(before, "message"), at(last, "response", "error", "message"));
    return at(last, "response", "error");
  },
};

const messages: ChatRoute = {
  path: "/v1/messages",
  body: (prompt, stream) => ({
    model: "any",
    stream,
    max_tokens: 1000,
    messages: [{ role: "user", content: prompt }],
  }),
  text: (answer) => String(at(answer, "content", 0, "text")),
  streamedText: (stream) => join(payloads(stream).map((event) => at(event, "delta", "text"))),
  isComplete: (stream) => readSseText(stream).at(-1)?.event === "message_stop",
  streamedError(stream) {
    const last = payloads(stream).at(-1);
    return at(last, "type") === "error" ? at(last, "error") : undefined;
  },
  overloaded: 529,
};

const gemini: ChatRoute = {
  path: "/v1beta/models/any:generateContent",
  streamPath: "/v1beta/models/any:streamGenerateContent?alt=sse",
  body: (prompt) => ({ contents: [{ role: "user", parts: [{ text: prompt }] }] }),
  text: (answer) => String(at(answer, "candidates", 0, "content", "parts", 0, "text")),
  streamedText: (stream) =>
    join(
      payloads(stream).map((payload) =>
        at(payload, "candidates", 0, "content", "parts", 0, "text"),
      ),
    ),
  isComplete: (stream) => at(payloads(stream).at(-1), "candidates", 0, "finishReason") === "STOP",
  streamedError: chunkError,
};

export const chatRoutes: readonly ChatRoute[] = [chat, completions, responses, messages, gemini];

/** Where a request goes. Some APIs have the model there. */
export function pathOf(
  { route, stream }: Pick<ChatCase, "route" | "stream">,
  model: unknown = "any",
): string {
  const path = stream ? (route.streamPath ?? route.path) : route.path;
  return path.replace("/any:", `/${String(model)}:`);
}

export interface ChatCase {
  readonly title: string;
  readonly route: ChatRoute;
  readonly stream: boolean;
}

/** Every chat route, streamed and not. */
export const chatCases: readonly ChatCase[] = chatRoutes.flatMap((route) =>
  [false, true].map((stream) => ({
    title: `${route.path}, ${stream ? "streamed" : "whole"}`,
    route,
    stream,
  })),
);

export interface Question {
  readonly prompt?: string;
  readonly more?: Readonly<Record<string, unknown>>;
  readonly signal?: AbortSignal;
}

/** A request that is never answered fails its test, and not the whole run. */
const patience = 30_000;

/** Asks a route as a client does. */
export function ask(
  gateway: { readonly url: string },
  { route, stream }: Pick<ChatCase, "route" | "stream">,
  { prompt = "hello", more = {}, signal = AbortSignal.timeout(patience) }: Question = {},
): Promise<Response> {
  return fetch(gateway.url + pathOf({ route, stream }, more["model"]), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ ...route.body(prompt, stream), ...more }),
    signal,
  });
}

/** The text of a good answer; fails where it is not one. */
export async function goodText(
  { route, stream }: Pick<ChatCase, "route" | "stream">,
  response: Response,
): Promise<string> {
  const body = await response.text();
  assert.equal(response.status, 200, body);
  if (!stream) return route.text(JSON.parse(body));
  assert.ok(route.isComplete(body), body);
  assert.equal(route.streamedError(body), undefined);
  return route.streamedText(body);
}

export interface WireError {
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string;
}

/** The error of an answer that failed before its first byte, in the one shape that all routes share. */
export async function wireError(response: Response): Promise<WireError> {
  const body = await response.text();
  assert.match(response.headers.get("content-type") ?? "", /^application\/json/, body);
  const error = at(JSON.parse(body), "error");
  // Google's errors have agproxy's words among the details.
  const own = at(error, "details", 0, "metadata") ?? error;
  const [type, code, param] = ["type", "code", "param"].map((name) => at(own, name) ?? null);
  const message = at(error, "message");
  assert.ok(typeof message === "string" && typeof type === "string", body);
  assert.ok(typeof code === "string" && (param === null || typeof param === "string"), body);
  assert.ok(response.headers.get("x-request-id"), "an error answer has a request id");
  return { message, type, param, code };
}

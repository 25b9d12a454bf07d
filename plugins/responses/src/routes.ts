import {
  estimatedTokens,
  Fields,
  isObject,
  type PluginContext,
  type Protocol,
} from "@agproxy/core";
import type { Runs } from "./background/runs.ts";
import type { ProtocolContext, ResponsesProtocol } from "./protocol.ts";
import {
  readResponseRequest,
  type RequestSources,
  type ResponseRequest,
} from "./response-request.ts";
import type { SocketServer } from "./socket/socket-server.ts";

/**
 * `POST /v1/responses`. A background response is returned as queued, or streamed for as long as the client stays.
 * Source: https://platform.openai.com/docs/api-reference/responses/create
 */
export function createRoute(agproxy: PluginContext, protocol: ResponsesProtocol, runs: Runs): void {
  agproxy.route("POST", "/v1/responses", async ({ incoming, caller, json }) => {
    const body = await json();
    if (!isObject(body) || body["background"] !== true) return { chat: { protocol, body } };
    const { run, response } = await runs.start({ incoming, caller, body });
    if (!run.streamed) return { body: response };
    return { stream: run.frames.follow(-1, incoming.signal) };
  });
}

/**
 * `POST /v1/responses/compact`: a conversation in, its summary as a `compaction` item out.
 * Source: https://platform.openai.com/docs/api-reference/responses/compact
 */
export function compactRoute(agproxy: PluginContext, protocol: ResponsesProtocol): void {
  const compacting = compactProtocol(protocol);
  agproxy.route("POST", "/v1/responses/compact", async ({ json }) => ({
    chat: { protocol: compacting, body: compactBody(Fields.of(await json(), "")) },
  }));
}

/** The same conversation with a trigger at its end, neither streamed nor stored. */
function compactBody(body: Fields): object {
  const input = body.get("input") ?? [];
  if (typeof input !== "string" && !Array.isArray(input)) {
    throw body.wrong("input", "a string or an array of items");
  }
  const items = typeof input === "string" ? [{ role: "user", content: input }] : input;
  const trigger = { type: "compaction_trigger" };
  return {
    ...body.values,
    input: [...items, trigger],
    stream: false,
    store: false,
    background: false,
  };
}

/** The same protocol, with an answer of fewer fields. */
function compactProtocol(protocol: ResponsesProtocol): Protocol<ResponseRequest> {
  return {
    ...protocol,
    encoder(exchange, stamp, decoded) {
      const encoder = protocol.encoder(exchange, stamp, decoded);
      return {
        batch: (events) => encoder.batch(events),
        end: () => encoder.end(),
        fail: (error) => encoder.fail(error),
        whole: async (answer, events) => asCompaction(await encoder.whole(answer, events)),
      };
    },
  };
}

function asCompaction(response: unknown): unknown {
  if (!isObject(response)) return response;
  const { id, created_at, output, usage } = response;
  return { id, object: "response.compaction", created_at, output, usage };
}

/**
 * `POST /v1/responses/input_tokens`: about how many tokens a request has. A header says that it is an estimate.
 * Source: https://platform.openai.com/docs/api-reference/responses/input-tokens
 */
export function inputTokensRoute(agproxy: PluginContext, sources: RequestSources): void {
  agproxy.route("POST", "/v1/responses/input_tokens", async ({ incoming, caller, json }) => {
    const { values } = Fields.of(await json(), "");
    const body = { ...values, model: values["model"] ?? "any", input: values["input"] ?? [] };
    const { request, ignored } = await readResponseRequest(body, caller, sources);
    for (const field of ignored) incoming.noteIgnored(field);
    incoming.setHeader("X-Agproxy-Estimated", "input_tokens");
    return { body: { object: "response.input_tokens", input_tokens: estimatedTokens(request) } };
  });
}

/** The WebSocket form of `POST /v1/responses`. Its server is loaded with the first socket: most gateways never see one. */
export function socketRoute(agproxy: PluginContext, context: ProtocolContext): void {
  let loaded: Promise<SocketServer> | undefined;
  agproxy.upgrade("/v1/responses", async (upgrade) => {
    loaded ??= import("./socket/socket-server.ts").then((it) => it.socketServer(agproxy, context));
    (await loaded).accept(upgrade);
  });
  agproxy.hooks.close.tap("responses", async () => (await loaded)?.close());
}

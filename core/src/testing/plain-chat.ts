import { errorBody } from "../errors/agproxy-error.ts";
import { definePlugin, type Plugin } from "../hooks/plugin.ts";
import type { Encoder, Protocol } from "../hooks/protocol.ts";
import { isObject } from "../kit/fields.ts";
import { sseFrame } from "../kit/sse.ts";
import type { Answer } from "../vocabulary/answer.ts";
import type { ChatRequest, Message } from "../vocabulary/chat.ts";

/**
 * The least wire that carries a chat, as a plugin: `POST /chat`. The body has the fields of a `ChatRequest`, all optional, and
 * `text` for one message of the user. The answer has `text` and all `choices`; a stream is one event of the vocabulary after
 * the other, and then `{"type":"end"}` or `{"type":"failed"}` with the error.
 *
 * @example
 * await using gateway = await openGateway({ plugins: [plainChat(), shout, scriptedUpstream("hello").plugin] });
 * const { json } = await gateway.inject({ path: "/chat", body: { model: "LOUD", text: "hi" } });
 */
export function plainChat(path = "/chat"): Plugin {
  return definePlugin({
    name: "plain-chat",
    apply(agproxy) {
      agproxy.chat(path, protocol);
    },
  });
}

const protocol: Protocol = {
  name: "plain-chat",
  decode: (body) => ({ request: requestOf(body) }),
  encoder,
  error: errorBody,
};

function requestOf(body: unknown): ChatRequest {
  const { text, ...given }: { readonly text?: string } & Partial<ChatRequest> = isObject(body)
    ? body
    : {};
  const message: Message = { role: "user", content: [{ type: "text", text: text ?? "" }] };
  const messages = text === undefined ? [] : [message];
  return { model: "any", messages, stream: false, sampling: {}, ...given };
}

function encoder(): Encoder {
  return {
    batch: (events) => events.map((event) => sseFrame(JSON.stringify(event))).join(""),
    end: () => sseFrame('{"type":"end"}'),
    fail: (error) => sseFrame(JSON.stringify({ type: "failed", ...errorBody(error) })),
    whole: (answer) => ({ text: textOf(answer), ...answer }),
  };
}

function textOf({ choices: [first] }: Answer): string {
  const content = first?.content ?? [];
  return content.map((part) => (part.type === "text" ? part.text : "")).join("");
}

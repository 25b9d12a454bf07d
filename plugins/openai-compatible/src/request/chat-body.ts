import type { ChatRequest, JsonObject } from "@agproxy/core";
import type { ServerKind } from "../servers.ts";
import { wireMessages } from "./messages.ts";
import { ignoredSettings, settingFields } from "./settings.ts";
import { toolFields } from "./tools.ts";

/** A request in the words of the chat completions API. */
export interface ChatBody {
  readonly body: JsonObject;
  /** Fields of the client that the server cannot honour. */
  readonly ignored: readonly string[];
}

/**
 * Translates a request for a model of a server. Pure; throws `invalid_request` for media that the wire has no form for.
 * Source: https://platform.openai.com/docs/api-reference/chat/create
 *
 * @param unmark what a signature holds, where this server made it
 */
export function chatBody(
  request: ChatRequest,
  model: string,
  server: ServerKind,
  unmark: (signature: string) => string | undefined,
): ChatBody {
  const ignored = new Set<string>();
  const noteIgnored = (field: string) => void ignored.add(field);
  const messages = wireMessages(request.messages, { server, unmark, noteIgnored });
  const tools = toolFields(request, server);
  for (const field of tools.ignored) ignored.add(field);
  for (const field of ignoredSettings(request, server)) ignored.add(field);
  return {
    body: {
      model,
      messages,
      stream: request.stream,
      // Without it, most servers count nothing in a stream.
      ...(request.stream ? { stream_options: { include_usage: true } } : {}),
      ...settingFields(request, server),
      ...tools.fields,
    },
    ignored: [...ignored],
  };
}

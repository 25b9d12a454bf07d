import { AgproxyError, type PluginContext, Fields } from "@agproxy/core";
import { bridged, type RouteResult } from "../bridge.ts";
import { isObject } from "../input/object.ts";
import type { ResponsesProtocol } from "../protocol.ts";

/**
 * `POST /v1/responses/compact`: a conversation in, its summary as a `compaction` item out.
 * Source: https://platform.openai.com/docs/api-reference/responses/compact
 */
export function compactRoute(agproxy: PluginContext, protocol: ResponsesProtocol): void {
  agproxy.route("POST", "/v1/responses/compact", async ({ incoming, caller, json }) => {
    const body = compactBody(Fields.of(await json(), ""));
    const result = await bridged(incoming, (reply) =>
      agproxy.converse(protocol, { incoming, caller, body }, reply),
    );
    return asCompaction(result);
  });
}

/** The same conversation with a trigger at its end, answered in one piece and not kept. */
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

function asCompaction(result: RouteResult): RouteResult {
  if ("stream" in result) throw new AgproxyError("internal_error");
  if (result.status !== undefined || !isObject(result.body)) return result;
  const { id, created_at, output, usage } = result.body;
  return { body: { id, object: "response.compaction", created_at, output, usage } };
}

import { Fields, type PluginContext, type Protocol } from "@agproxy/core";
import { isObject } from "../input/object.ts";
import type { ResponsesProtocol } from "../protocol.ts";

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

/** The same protocol, whose whole answer is cut down to what this route tells. */
function compactProtocol(protocol: ResponsesProtocol): Protocol {
  return {
    ...protocol,
    encoder(exchange, stamp, decoded) {
      const encoder = protocol.encoder(exchange, stamp, decoded);
      return {
        batch: (events) => encoder.batch(events),
        end: () => encoder.end(),
        fail: (error) => encoder.fail(error),
        whole: async (answer) => asCompaction(await encoder.whole(answer)),
      };
    },
  };
}

function asCompaction(response: unknown): unknown {
  if (!isObject(response)) return response;
  const { id, created_at, output, usage } = response;
  return { id, object: "response.compaction", created_at, output, usage };
}

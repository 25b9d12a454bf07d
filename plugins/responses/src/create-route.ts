import { AgproxyError, type PluginContext } from "@agproxy/core";
import type { Runs } from "./background/runs.ts";
import { bridged } from "./bridge.ts";
import { isObject } from "./input/object.ts";
import type { ResponsesProtocol } from "./protocol.ts";

/**
 * `POST /v1/responses`. A background response is answered at once, or followed as a stream for as long as the
 * client stays.
 * Source: https://platform.openai.com/docs/api-reference/responses/create
 */
export function createRoute(agproxy: PluginContext, protocol: ResponsesProtocol, runs: Runs): void {
  agproxy.route("POST", "/v1/responses", async ({ incoming, caller, json }) => {
    const conversation = { incoming, caller, body: await json() };
    if (isObject(conversation.body) && conversation.body["background"] === true) {
      const { run, response } = await runs.start(conversation);
      if (!run.streamed) return { body: response };
      return { stream: run.frames.follow(-1, incoming.signal) };
    }
    return bridged(incoming, (reply) => agproxy.converse(protocol, conversation, reply)).catch(
      (thrown: unknown) => ({ status: 400, body: protocol.error(lostConversation(thrown)) }),
    );
  });
}

/** The one refusal that has a code of this API's own; any other is the gate's to tell. */
function lostConversation(thrown: unknown): AgproxyError {
  if (thrown instanceof AgproxyError && thrown.param === "previous_response_id") return thrown;
  throw thrown;
}

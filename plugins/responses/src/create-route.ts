import type { PluginContext } from "@agproxy/core";
import type { Runs } from "./background/runs.ts";
import { isObject } from "./input/object.ts";
import type { ResponsesProtocol } from "./protocol.ts";

/**
 * `POST /v1/responses`. A background response is answered at once, or followed as a stream for as long as the
 * client stays.
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

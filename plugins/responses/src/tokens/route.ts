import { type PluginContext, Fields } from "@agproxy/core";
import { readTurn, type TurnSources } from "../turn.ts";
import { estimatedTokens } from "./estimate.ts";

/**
 * `POST /v1/responses/input_tokens`: how many tokens a request would be. An estimate, and the answer's header
 * says so.
 * Source: https://platform.openai.com/docs/api-reference/responses/input-tokens
 */
export function inputTokensRoute(agproxy: PluginContext, sources: TurnSources): void {
  agproxy.route("POST", "/v1/responses/input_tokens", async ({ incoming, caller, json }) => {
    const { values } = Fields.of(await json(), "");
    const body = { ...values, model: values["model"] ?? "any", input: values["input"] ?? [] };
    const { request, ignored } = await readTurn(body, caller, sources);
    for (const field of ignored) incoming.noteIgnored(field);
    incoming.setHeader("X-Agproxy-Estimated", "input_tokens");
    return { body: { object: "response.input_tokens", input_tokens: estimatedTokens(request) } };
  });
}

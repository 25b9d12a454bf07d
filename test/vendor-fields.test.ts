/**
 * The promise: what a client asks of the vendor itself, in the vendor's own fields or in the API's words for
 * its tools, reaches the vendor.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, chatRoutes } from "./support/chat-routes.ts";
import { answerWell, geminiServer } from "./support/gemini-server.ts";
import { at } from "./support/json-path.ts";
import { poolGateway } from "./support/pool-gateway.ts";

const route = chatRoutes.find(({ path }) => path === "/v1/chat/completions")!;

const responsesRoute = chatRoutes.find(({ path }) => path === "/v1/responses")!;

/** The body that Gemini gets for a chat with these fields. */
async function sent(more: Readonly<Record<string, unknown>>, stream: boolean): Promise<unknown> {
  await using upstream = await geminiServer(answerWell);
  await using gateway = await poolGateway(upstream.url);
  const body = { model: "gemini-2.5-flash", ...more };
  const response = await ask(gateway, { route, stream }, { more: body });
  assert.equal(response.status, 200, await response.text());
  return upstream.calls[0]?.body;
}

for (const stream of [false, true]) {
  const mode = stream ? "streamed" : "whole";

  test(`any field of Gemini's, in either case and either place: ${mode}`, async () => {
    const settings = [{ category: "HARM_CATEGORY_HARASSMENT", threshold: "BLOCK_NONE" }];
    const google = {
      safety_settings: settings,
      cachedContent: "cachedContents/1",
      media_resolution: "MEDIA_RESOLUTION_LOW",
      thinking_config: { thinking_budget: 512, include_thoughts: true },
      field_of_tomorrow: { inner_field: 1 },
    };
    for (const more of [{ google }, { extra_body: { google } }]) {
      const body = await sent({ ...more, reasoning_effort: "high", temperature: 0.5 }, stream);
      assert.deepEqual(at(body, "safetySettings"), settings);
      assert.equal(at(body, "cachedContent"), "cachedContents/1");
      assert.deepEqual(at(body, "fieldOfTomorrow"), { innerField: 1 });
      const config = at(body, "generationConfig");
      assert.equal(at(config, "mediaResolution"), "MEDIA_RESOLUTION_LOW");
      assert.equal(at(config, "temperature"), 0.5);
      assert.equal(at(config, "thinkingConfig", "thinkingBudget"), 512);
      assert.equal(at(config, "thinkingConfig", "includeThoughts"), true);
    }
  });

  test(`the vendor's tools by the API's words: ${mode}`, async () => {
    for (const [more, tool] of [
      [{ web_search_options: {} }, { googleSearch: {} }],
      [{ tools: [{ type: "web_search_preview" }] }, { googleSearch: {} }],
      [{ tools: [{ type: "code_interpreter" }] }, { codeExecution: {} }],
      [{ tools: [{ type: "url_context" }] }, { urlContext: {} }],
      [{ google: { tools: [{ google_search: {} }] } }, { googleSearch: {} }],
    ] as const) {
      assert.deepEqual(at(await sent(more, stream), "tools"), [tool]);
    }
  });

  test(`the vendor's tools on the Responses route, beside functions where the model can: ${mode}`, async () => {
    const tools = [{ type: "web_search" }, { type: "function", name: "f" }];
    for (const [model, named, ignored] of [
      ["gemini-3-pro-preview", ["googleSearch", "functionDeclarations"], null],
      ["gemini-2.5-flash", ["functionDeclarations"], "web_search"],
    ] as const) {
      await using upstream = await geminiServer(answerWell);
      await using gateway = await poolGateway(upstream.url);
      const asked = { route: responsesRoute, stream };
      const response = await ask(gateway, asked, { more: { model, tools } });
      assert.equal(response.status, 200, await response.text());
      assert.equal(response.headers.get("x-agproxy-ignored"), ignored);
      const [tool] = at(upstream.calls[0]?.body, "tools") as readonly object[];
      assert.deepEqual(Object.keys(tool ?? {}), named);
    }
  });
}

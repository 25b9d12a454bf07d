/**
 * The promise: whatever JSON a client sends, it gets an answer in the shape of its API: a good one, or a refusal
 * that is the client's to mend. Never a failure of the gateway, and never silence.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { anthropic } from "@agproxy/plugin-anthropic";
import { geminiNative } from "@agproxy/plugin-gemini-native";
import { openai } from "@agproxy/plugin-openai";
import { responses } from "@agproxy/plugin-responses";
import { scriptedUpstream, startGateway, type TestGateway, textAnswer } from "agproxy/testing";
import * as fc from "fast-check";
import { chatRoutes, type ChatRoute, wireError } from "./support/chat-routes.ts";
import { at } from "./support/json-path.ts";
import { changed, places } from "./support/mutations.ts";
import { richRequests } from "./support/rich-requests.ts";

let gateway: TestGateway;
before(async () => {
  const upstream = scriptedUpstream(() => textAnswer("an answer"));
  gateway = await startGateway({
    plugins: [openai(), responses(), anthropic(), geminiNative(), upstream.plugin],
    logLevel: "silent",
  });
});
after(() => gateway.close());

/** Sends a body as it is and looks at the answer as a client would. A hang fails by the time limit. */
async function assertAnswered(route: ChatRoute, body: string): Promise<number> {
  const response = await fetch(gateway.url + route.path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body,
    signal: AbortSignal.timeout(20_000),
  });
  if (response.status >= 400) {
    const error = await wireError(response);
    assert.ok(response.status < 500, `${response.status} ${error.message}`);
    assert.ok(error.message.length > 0 && error.code.length > 0);
    return response.status;
  }
  assert.equal(response.status, 200);
  const text = await response.text();
  if (response.headers.get("content-type")?.startsWith("text/event-stream") === true) {
    assert.equal(route.streamedError(text), undefined);
    assert.ok(route.isComplete(text), text.slice(-500));
  } else assertWhole(route, JSON.parse(text));
  return response.status;
}

function assertWhole(route: ChatRoute, answer: unknown): void {
  if (route.path === content) {
    assert.ok(Array.isArray(at(answer, "candidates", 0, "content", "parts")));
    assert.equal(typeof at(answer, "responseId"), "string");
    return;
  }
  const kind = at(answer, "object") ?? at(answer, "type");
  assert.equal(kind, objects[route.path]);
  assert.equal(typeof at(answer, "model"), "string");
  assert.equal(typeof at(answer, "id"), "string");
  assert.ok(Array.isArray(at(answer, lists[String(kind)] ?? "choices")));
}

const content = "/v1beta/models/any:generateContent";

const lists: Readonly<Record<string, string>> = { response: "output", message: "content" };

const objects: Readonly<Record<string, string>> = {
  "/v1/chat/completions": "chat.completion",
  "/v1/completions": "text_completion",
  "/v1/responses": "response",
  "/v1/messages": "message",
};

const split = (list: string): readonly string[] => list.trim().split(/\s+/);

/** Words that mean something in some place. */
const words = split(`
  user assistant tool function system developer auto none required text input_text
  output_text image_url input_image input_audio input_file file refusal reasoning thinking
  message function_call custom namespace function_call_output custom_tool_call
  custom_tool_call_output item_reference web_search code_interpreter allowed_tools
  json_schema json_object grammar compaction_trigger compaction additional_tools local_shell
  apply_patch image document search_result tool_use tool_result server_tool_use redacted_thinking
  web_search_tool_result code_execution_tool_result tool_reference base64 url content any tool
  enabled adaptive disabled omitted bash_20250124 computer_20251124 text_editor_20250728
  memory_20250818 web_search_20250305 data:,%zz data:image/png;base64,aGk= https://a.example/x gs://b/x high max
`);

/** Fields that are read in some place. */
const inner = split(`
  type role content text name id call_id arguments output input function custom tool_calls
  tool_call_id function_call parameters schema image_url url file file_data file_id filename
  input_audio data format detail json_schema strict description tools mode effort summary
  encrypted_content extra_content google thought_signature status annotations refusal
  reasoning_content include_usage source media_type title context citations tool_use_id is_error
  input_schema input_examples budget_tokens display user_id edits signature stdout __proto__ constructor
  parts thought thoughtSignature inlineData inline_data mimeType fileData fileUri functionCall functionResponse args response
  executableCode codeExecutionResult outcome code language output functionDeclarations parametersJsonSchema googleSearch
  functionCallingConfig allowedFunctionNames thinkingConfig thinkingBudget thinkingLevel responseSchema responseMimeType
  responseModalities speechConfig voiceConfig imageConfig stopSequences candidateCount maxOutputTokens properties items anyOf
`);

const fields: Readonly<Record<string, readonly string[]>> = {
  "/v1/chat/completions": split(`
    model messages stream stream_options tools tool_choice functions function_call
    parallel_tool_calls response_format reasoning_effort reasoning thinking stop n seed
    logprobs top_logprobs temperature top_p max_tokens max_completion_tokens modalities size
    quality aspect_ratio web_search_options extra_body google user prompt_cache_key metadata
  `),
  "/v1/completions": split(`
    model prompt stream stream_options echo suffix best_of logprobs stop n seed max_tokens
    temperature user
  `),
  "/v1/responses": split(`
    model input instructions stream tools tool_choice text reasoning include store
    previous_response_id conversation truncation metadata max_output_tokens
    parallel_tool_calls temperature top_p top_logprobs user prompt_cache_key safety_identifier
    service_tier client_metadata extra_body
  `),
  "/v1/messages": split(`
    model messages system stream max_tokens tools tool_choice thinking output_config output_format
    metadata stop_sequences temperature top_k top_p service_tier context_management container
    cache_control mcp_servers extra_body google
  `),
  [content]: split(`
    contents systemInstruction system_instruction tools toolConfig generationConfig safetySettings cachedContent labels
    model generation_config
  `),
};

const anyText = fc.oneof(fc.constantFrom(...words), fc.string({ unit: "binary" }), fc.string());
const anyValue = fc.oneof(
  anyText,
  fc.constantFrom<unknown>(null, true, false, 0, 1, -1, 0.5, 1e300, [], {}, ""),
  fc.jsonValue({ maxDepth: 1 }),
);
const { json: anyJson } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    anyValue,
    fc.array(tie("json"), { maxLength: 3 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...inner), fc.string()), tie("json"), { maxKeys: 5 }),
  ),
}));

/** A request with any value in place of some of its own fields. */
function nearlyGood(route: ChatRoute): fc.Arbitrary<unknown> {
  const some = fc.dictionary(fc.constantFrom(...(fields[route.path] ?? [])), anyJson, {
    maxKeys: 4,
  });
  return fc
    .tuple(fc.boolean(), some)
    .map(([stream, more]) => ({ ...route.body("hello", stream), ...more }));
}

/** A long request with any value in one or two places, however deep. */
function broken(route: ChatRoute): fc.Arbitrary<unknown> {
  const whole = richRequests[route.path] ?? {};
  const change = fc.tuple(fc.nat(places(whole) - 1), fc.option(anyJson, { nil: undefined }));
  return fc.tuple(fc.boolean(), fc.array(change, { maxLength: 2 })).map(([stream, changes]) =>
    changes.reduce<unknown>((body, [place, value]) => changed(body, place, value), {
      ...Object(whole),
      stream,
    }),
  );
}

for (const route of chatRoutes) {
  test(`a request that uses much of the API is a good one: ${route.path}`, async () => {
    assert.equal(await assertAnswered(route, JSON.stringify(richRequests[route.path])), 200);
  });

  test(`any JSON is answered: ${route.path}`, async () => {
    const seen = new Set<number>();
    await fc.assert(
      fc.asyncProperty(fc.oneof(anyJson, nearlyGood(route), broken(route)), async (body) => {
        seen.add(await assertAnswered(route, JSON.stringify(body) ?? ""));
      }),
      { numRuns: 300 },
    );
    assert.ok(seen.has(200) && seen.has(400), "both kinds of answers were seen");
  });

  test(`any bytes are answered: ${route.path}`, async () => {
    const good = JSON.stringify(route.body("hello", false));
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length), fc.string({ maxLength: 3 }), async (cut, text) => {
        await assertAnswered(route, good.slice(0, cut) + text + good.slice(cut));
        await assertAnswered(route, good.slice(0, cut));
      }),
      { numRuns: 50 },
    );
  });

  test(`JSON that is nested beyond all reason is answered: ${route.path}`, async () => {
    const [open, close] = ["[".repeat(50_000), "]".repeat(50_000)];
    const deep = `${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`;
    for (const key of [
      "messages",
      "input",
      "prompt",
      "system",
      "tools",
      "response_format",
      "metadata",
    ]) {
      for (const value of [open + close, deep, `[${deep}]`]) {
        const body = JSON.stringify({ ...route.body("hello", false), [key]: "PLACE" });
        await assertAnswered(route, body.replace('"PLACE"', value));
      }
    }
  });
}

import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChatRequest } from "@agproxy/core";
import { request } from "../fixtures/requests.ts";
import { serverKinds, type ServerName } from "../servers.ts";
import { chatBody } from "./chat-body.ts";

/** The body without what every body has, and what was noted. */
function fields(rest: Partial<ChatRequest>, server: ServerName = "other") {
  const { body, ignored } = chatBody(request(rest), "m", serverKinds[server], () => undefined);
  const { model, messages: _messages, stream: _stream, ...others } = body;
  assert.equal(model, "m");
  return { ...others, ...(ignored.length > 0 ? { ignored } : {}) };
}

test("a stream asks for the counts", () => {
  assert.deepEqual(fields({}), {});
  assert.deepEqual(fields({ stream: true }), { stream_options: { include_usage: true } });
});

test("sampling, under the API's names", () => {
  const sampling = {
    temperature: 0,
    topP: 0.5,
    topK: 5,
    seed: 7,
    presencePenalty: 1,
    frequencyPenalty: -1,
    stop: ["a"],
    choices: 2,
    logprobs: 3,
  };
  const wire = {
    temperature: 0,
    top_p: 0.5,
    top_k: 5,
    seed: 7,
    presence_penalty: 1,
    frequency_penalty: -1,
    stop: ["a"],
    n: 2,
    logprobs: true,
    top_logprobs: 3,
  };
  assert.deepEqual(fields({ sampling }), wire);
  const { top_k: _, ...known } = wire;
  assert.deepEqual(fields({ sampling }, "openai"), { ...known, ignored: ["top_k"] });
  assert.deepEqual(fields({ sampling: { logprobs: 0 } }), { logprobs: true });
  const stop = ["1", "2", "3", "4", "5"];
  assert.deepEqual(fields({ sampling: { stop } }, "openai"), {
    stop: stop.slice(0, 4),
    ignored: ["stop"],
  });
});

test("token limits: each server in its own field, a gateway both", () => {
  const all = { sampling: { maxTokens: 9 } };
  const seen = { sampling: { maxAnswerTokens: 9 } };
  assert.deepEqual(fields(all), { max_tokens: 9 });
  assert.deepEqual(fields(seen), { max_tokens: 9 });
  assert.deepEqual(fields(all, "openai"), { max_completion_tokens: 9 });
  assert.deepEqual(fields(seen, "openai"), { max_completion_tokens: 9 });
  assert.deepEqual(fields(all, "agproxy"), { max_completion_tokens: 9 });
  assert.deepEqual(fields(seen, "agproxy"), { max_tokens: 9 });
});

const include = (server: ServerName) => fields({ reasoning: { include: false } }, server);

const effort = (level: "minimal" | "high" | "xhigh", server: ServerName) =>
  fields({ reasoning: { effort: level } }, server);

test("effort", () => {
  assert.deepEqual(effort("minimal", "other"), { reasoning_effort: "low" });
  assert.deepEqual(effort("xhigh", "other"), { reasoning_effort: "high" });
  assert.deepEqual(effort("minimal", "openai"), { reasoning_effort: "minimal" });
  assert.deepEqual(effort("high", "openrouter"), { reasoning: { effort: "high" } });
  assert.deepEqual(include("openrouter"), { reasoning: { exclude: true } });
  assert.deepEqual(include("agproxy"), { include_reasoning: false });
  assert.deepEqual(include("other"), { ignored: ["include_reasoning"] });
});

test("output formats", () => {
  assert.deepEqual(fields({ output: { type: "text" } }), {});
  assert.deepEqual(fields({ output: { type: "json" } }), {
    response_format: { type: "json_object" },
  });
  const schema = { type: "object" };
  const output = { type: "json", name: "a", schema, strict: true } as const;
  assert.deepEqual(fields({ output }), {
    response_format: { type: "json_schema", json_schema: { name: "a", schema, strict: true } },
  });
});

const tools = ["a", "b", "c"].map((name) => ({ name, parameters: { type: "object" } }));
const wire = (...names: readonly string[]) =>
  names.map((name) => ({ type: "function", function: { name, parameters: { type: "object" } } }));
const named = (...names: readonly string[]) =>
  names.map((name) => ({ type: "function", function: { name } }));

test("a choice of some tools: named where that is known, else only those are sent", () => {
  const some = { tools, toolChoice: { mode: "required", names: ["a", "b"] } } as const;
  assert.deepEqual(fields(some), { tools: wire("a", "b"), tool_choice: "required" });
  assert.deepEqual(fields(some, "openai"), {
    tools: wire("a", "b", "c"),
    tool_choice: {
      type: "allowed_tools",
      allowed_tools: { mode: "required", tools: named("a", "b") },
    },
  });
  const one = { tools, toolChoice: { mode: "required", names: ["a"] } } as const;
  assert.deepEqual(fields(one), { tools: wire("a"), tool_choice: "required" });
  assert.deepEqual(fields(one, "openai"), {
    tools: wire("a", "b", "c"),
    tool_choice: named("a")[0],
  });
  assert.deepEqual(fields({ tools, toolChoice: { mode: "none" }, parallelToolCalls: false }), {
    tools: wire("a", "b", "c"),
    tool_choice: "none",
    parallel_tool_calls: false,
  });
  assert.deepEqual(fields({ toolChoice: { mode: "required" }, parallelToolCalls: false }), {});
});

test("tools of the server's own, where it has them", () => {
  const hostedTools = ["web-search", "code-execution"] as const;
  assert.deepEqual(fields({ hostedTools }), { ignored: ["web_search", "code_execution"] });
  assert.deepEqual(fields({ hostedTools }, "openai"), {
    web_search_options: {},
    ignored: ["code_execution"],
  });
  assert.deepEqual(fields({ hostedTools }, "openrouter"), {
    plugins: [{ id: "web" }],
    ignored: ["code_execution"],
  });
  assert.deepEqual(fields({ hostedTools }, "agproxy"), {
    tools: [{ type: "web_search" }, { type: "code_execution" }],
  });
});

test("sound and pictures", () => {
  const spoken = { modalities: ["text", "audio"], voice: "echo" };
  assert.deepEqual(fields(spoken, "openai"), {
    modalities: ["text", "audio"],
    audio: { voice: "echo", format: "pcm16" },
  });
  assert.deepEqual(fields(spoken), { ignored: ["modalities", "voice"] });
  const image = { size: "1024x1024", quality: "2k", aspectRatio: "16:9" };
  assert.deepEqual(fields({ image, modalities: ["image", "text"] }, "openrouter"), {
    modalities: ["image", "text"],
    image_config: { aspect_ratio: "16:9", image_size: "2k" },
    ignored: ["size"],
  });
  assert.deepEqual(fields({ image }, "agproxy"), {
    size: "1024x1024",
    quality: "2k",
    aspect_ratio: "16:9",
  });
  assert.deepEqual(fields({ image }), { ignored: ["size", "quality", "aspect_ratio"] });
});

test("who asks, and vendors' own fields", () => {
  const extensions = { google: { cached_content: "c" } };
  const asked = { user: "u", cacheKey: "k", extensions };
  assert.deepEqual(fields(asked), { user: "u", ignored: ["extra_body"] });
  assert.deepEqual(fields(asked, "agproxy"), {
    prompt_cache_key: "k",
    user: "u",
    google: { cached_content: "c" },
  });
});

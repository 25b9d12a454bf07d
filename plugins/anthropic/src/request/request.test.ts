import assert from "node:assert/strict";
import { test } from "node:test";
import { read, readContent } from "../fixtures/reading.ts";

const text = (value: string) => ({ type: "text", text: value });

test("a plain request is a plain chat, and nothing of it is ignored", () => {
  assert.deepEqual(read({}), {
    request: {
      model: "m",
      messages: [{ role: "user", content: [text("Hi")] }],
      stream: false,
      sampling: { maxAnswerTokens: 100 },
    },
    ignored: [],
    display: "hidden",
  });
});

test("instructions come first, and those in the middle stay there", () => {
  const system = [
    text("One."),
    { ...text("Two."), cache_control: { type: "ephemeral" } },
    text(""),
  ];
  const messages = [
    { role: "user", content: "Hi" },
    { role: "system", content: "Three." },
  ];
  assert.deepEqual(read({ system, messages }).request.messages, [
    { role: "system", content: [text("One."), text("Two.")] },
    { role: "user", content: [text("Hi")] },
    { role: "system", content: [text("Three.")] },
  ]);
  const plain = read({ system: "Be brief." }).request.messages[0];
  assert.deepEqual(plain, { role: "system", content: [text("Be brief.")] });
});

test("media by content, by link and by id", () => {
  const source = { type: "base64", media_type: "image/png", data: "aGk=" };
  const { parts, ignored } = readContent("user", [
    { type: "image", source },
    { type: "image", source: { type: "url", url: "https://a.example/x.png" } },
    { type: "image", source: { type: "file", file_id: "file_1" } },
    { type: "document", source: { ...source, media_type: "application/pdf" } },
    { type: "document", source: { type: "url", url: "https://a.example/x.pdf" } },
  ]);
  const image = { type: "media", media: "image" };
  assert.deepEqual(parts, [
    { ...image, source: { kind: "data", data: "aGk=" }, mimeType: "image/png" },
    { ...image, source: { kind: "url", url: "https://a.example/x.png" } },
    { ...image, source: { kind: "file", id: "file_1" } },
    {
      type: "media",
      media: "file",
      source: { kind: "data", data: "aGk=" },
      mimeType: "application/pdf",
    },
    { type: "media", media: "file", source: { kind: "url", url: "https://a.example/x.pdf" } },
  ]);
  assert.deepEqual(ignored, []);
});

test("the model reads what the client says about a document, its text, and what a search found", () => {
  const { parts, ignored } = readContent("user", [
    {
      type: "document",
      title: "A page",
      context: "Of a book.",
      citations: { enabled: true },
      source: { type: "text", media_type: "text/plain", data: "Once." },
    },
    { type: "document", source: { type: "content", content: [text("Upon"), text("a time.")] } },
    { type: "search_result", title: "X", source: "https://a.example", content: [text("Found.")] },
  ]);
  assert.deepEqual(parts, [
    text("A page\nOf a book."),
    text("Once."),
    text("Upon"),
    text("a time."),
    text("X\nhttps://a.example"),
    text("Found."),
  ]);
  assert.deepEqual(ignored, ["messages.content.citations"]);
});

test("calls and their results, also beside the user's words", () => {
  const { request } = read({
    messages: [
      {
        role: "assistant",
        content: [
          text(""),
          { type: "tool_use", id: "toolu_1", name: "f", input: { a: 1 } },
          { type: "tool_use", id: "not legal!", name: "g", input: {} },
        ],
      },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "toolu_1", content: "one" },
          {
            type: "tool_result",
            tool_use_id: "not legal!",
            is_error: true,
            content: [text("two"), { type: "tool_reference", tool_name: "h" }],
          },
          text("Go on."),
        ],
      },
    ],
  });
  const [said, results, user] = request.messages;
  const [first, second] = said?.content ?? [];
  assert.deepEqual(first, { type: "tool-call", id: "toolu_1", name: "f", arguments: '{"a":1}' });
  assert.ok(second?.type === "tool-call" && /^[\w-]{1,64}$/.test(second.id));
  assert.deepEqual(results, {
    role: "tool",
    content: [
      { type: "tool-result", callId: "toolu_1", content: [text("one")] },
      {
        type: "tool-result",
        callId: second.id,
        isError: true,
        content: [text("two"), text("Found the tool h.")],
      },
    ],
  });
  assert.deepEqual(user, { role: "user", content: [text("Go on.")] });
});

test("what the vendor's tools did comes back as what it was", () => {
  const { parts, ignored } = readContent("assistant", [
    { type: "server_tool_use", id: "s1", name: "web_search", input: { query: "q" } },
    { type: "web_search_tool_result", tool_use_id: "s1", content: [] },
    { type: "server_tool_use", id: "s2", name: "code_execution", input: { code: "1/0" } },
    {
      type: "code_execution_tool_result",
      tool_use_id: "s2",
      content: { type: "code_execution_result", stdout: "", stderr: "oh", return_code: 1 },
    },
    { type: "server_tool_use", id: "s3", name: "bash_code_execution", input: { command: "ls" } },
    {
      type: "bash_code_execution_tool_result",
      tool_use_id: "s3",
      content: { error_code: "execution_time_exceeded" },
    },
    { type: "compaction", content: "What was said." },
  ]);
  assert.deepEqual(parts, [
    { type: "search", queries: ["q"] },
    { type: "code", language: "python", code: "1/0" },
    { type: "code-result", outcome: "failed", output: "oh" },
    { type: "code", language: "bash", code: "ls" },
    { type: "code-result", outcome: "timeout", output: "" },
    text("What was said."),
  ]);
  assert.deepEqual(ignored, []);
});

test("unknown blocks go to the model as they are, and large ones are refused by name", () => {
  const { parts, ignored } = readContent("user", [{ type: "hologram", size: 3 }]);
  assert.deepEqual(parts, [text('{"type":"hologram","size":3}')]);
  assert.deepEqual(ignored, ["messages.content.hologram"]);
  const large = { type: "hologram", data: "x".repeat(20_000) };
  assert.throws(() => readContent("user", [large]), { param: "messages[0].content[0]" });
});

test("thoughts that others signed are kept as words, and their signatures left out", () => {
  const { parts, ignored } = readContent("assistant", [
    { type: "thinking", thinking: "hm", signature: "c2ln" },
    { type: "thinking", thinking: "", signature: "c2ln" },
    { type: "redacted_thinking", data: "c2ln" },
    text("Well."),
  ]);
  assert.deepEqual(parts, [{ type: "reasoning", text: "hm" }, text("Well.")]);
  assert.deepEqual(ignored, [
    "messages.content.thinking.signature",
    "messages.content.redacted_thinking",
  ]);
});

const thinking = (value: object | undefined, effort?: string) => {
  const { request, display } = read({ thinking: value, output_config: { effort } });
  return [request.reasoning, display, request.sampling];
};

test("thinking: budgets, efforts, and what the client sees of it", () => {
  const [inAll, besides] = [{ maxTokens: 100 }, { maxAnswerTokens: 100 }];
  assert.deepEqual(thinking({ type: "enabled", budget_tokens: 2000 }), [
    { effort: "low", budget: 2000, include: true },
    "shown",
    inAll,
  ]);
  assert.deepEqual(thinking({ type: "enabled", budget_tokens: 60_000 }, "low"), [
    { effort: "low", budget: 60_000, include: true },
    "shown",
    inAll,
  ]);
  assert.deepEqual(thinking({ type: "adaptive", display: "omitted" }, "max"), [
    { effort: "xhigh", include: false },
    "omitted",
    inAll,
  ]);
  assert.deepEqual(thinking({ type: "adaptive" }), [{ include: true }, "shown", inAll]);
  assert.deepEqual(thinking({ type: "disabled" }), [
    { effort: "none", include: false },
    "hidden",
    besides,
  ]);
  assert.deepEqual(thinking(undefined, "medium"), [{ effort: "medium" }, "hidden", besides]);
  assert.deepEqual(thinking(undefined), [undefined, "hidden", besides]);
  assert.deepEqual(read({ thinking: { type: "deeper" } }).ignored, ["thinking"]);
  assert.throws(() => thinking(undefined, "extreme"), { param: "output_config.effort" });
});

test("settings", () => {
  const schema = { type: "object" };
  const { request, ignored } = read({
    stream: true,
    temperature: 0.5,
    top_k: 20,
    top_p: 0.9,
    stop_sequences: ["END", ""],
    metadata: { user_id: "u-1" },
    output_config: { format: { type: "json_schema", schema } },
    service_tier: "standard_only",
    cache_control: { type: "ephemeral" },
  });
  assert.deepEqual(request, {
    model: "m",
    messages: [{ role: "user", content: [text("Hi")] }],
    stream: true,
    sampling: { temperature: 0.5, topP: 0.9, topK: 20, stop: ["END"], maxAnswerTokens: 100 },
    output: { type: "json", schema, strict: true },
    cacheKey: "u-1",
    user: "u-1",
  });
  assert.deepEqual(ignored, []);
  const beta = read({ output_format: { type: "json_schema", schema } });
  assert.deepEqual(beta.request.output, { type: "json", schema, strict: true });
});

test("what has no effect here is named, and never fails", () => {
  const { ignored } = read(
    {
      container: "c",
      context_management: { edits: [{ type: "clear_tool_uses_20250919" }] },
      mcp_servers: [{ url: "https://a.example" }],
      speed: "fast",
      field_of_tomorrow: { a: 1 },
      diagnostics: {},
      thread: null,
    },
    "claude-code-20250219, interleaved-thinking-2025-05-14,time-travel-2030-01-01",
  );
  assert.deepEqual(ignored, [
    "container",
    "context_management",
    "mcp_servers",
    "speed",
    "field_of_tomorrow",
    "anthropic-beta.time-travel-2030-01-01",
  ]);
  const kept = { edits: [{ type: "clear_thinking_20251015", keep: "all" }] };
  assert.deepEqual(read({ context_management: kept }, "files-api-2025-04-14").ignored, []);
});

test("a thread on the server is refused in the words on which SDKs send the whole history", () => {
  for (const thread of [{ type: "create" }, { type: "continue", previous_message_id: "msg_1" }]) {
    assert.throws(() => read({ thread }), {
      status: 400,
      param: "thread",
      details: { error_code: "thread_unsupported_request", unsupported: ["thread"] },
    });
  }
});

test("what is missing or of a wrong type is named by its path", () => {
  for (const [body, param] of [
    [{ model: "" }, "model"],
    [{ messages: [] }, "messages"],
    [{ messages: "Hi" }, "messages"],
    [{ messages: [{ role: "user", content: 1 }] }, "messages[0].content"],
    [
      { messages: [{ role: "user", content: [{ type: "image" }] }] },
      "messages[0].content[0].source",
    ],
    [{ max_tokens: "many" }, "max_tokens"],
    [{ tools: [{}] }, "tools[0].name"],
  ] as const) {
    assert.throws(() => read(body), { code: "invalid_request", param });
  }
});

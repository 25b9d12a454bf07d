import assert from "node:assert/strict";
import { test } from "node:test";
import { AgproxyError, type ChatEvent, type ChatRequest } from "@agproxy/core";
import { readSseText, scriptedUpstream, startGateway } from "@agproxy/core/testing";
import { geminiNative } from "./index.ts";

type Json = Readonly<Record<string, unknown>>;

const done: ChatEvent = { type: "finish", choice: 0, reason: "stop" };
const said = (text: string): ChatEvent => ({ type: "text", choice: 0, text });

interface Asked {
  readonly request: ChatRequest | undefined;
  readonly status: number;
  readonly text: string;
  readonly ignored: string | null;
}

/** Asks a gateway whose upstream speaks another wire. */
async function ask(
  body: unknown,
  events: readonly ChatEvent[] = [said("hi"), done],
  call = "m:generateContent",
): Promise<Asked> {
  const upstream = scriptedUpstream(() => events.map((event) => [event]));
  await using gateway = await startGateway({
    plugins: [geminiNative(), upstream.plugin],
    logLevel: "silent",
  });
  const response = await fetch(`${gateway.url}/v1beta/models/${call}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return {
    request: upstream.sent[0]?.request,
    status: response.status,
    text: await response.text(),
    ignored: response.headers.get("x-agproxy-ignored"),
  };
}

const read = async (body: unknown): Promise<ChatRequest> => {
  const { request, text } = await ask(body);
  return request ?? assert.fail(text);
};
const parsed = ({ text }: Asked): Json => JSON.parse(text) as Json;

test("a conversation is read into messages, in either spelling", async () => {
  const { messages, model, stream } = await read({
    system_instruction: { parts: { text: "Be brief." } },
    contents: [
      { parts: [{ text: "Look." }, { inline_data: { mime_type: "image/png", data: "aGk=" } }] },
      {
        role: "model",
        parts: [
          { text: "hm", thought: true, thought_signature: "c2ln" },
          { functionCall: { name: "f", args: { a: 1 } } },
          { functionCall: { id: "own", name: "f" } },
        ],
      },
      {
        role: "user",
        parts: [
          { functionResponse: { name: "f", response: { output: "one" } } },
          { functionResponse: { id: "own", name: "f", response: { error: "no" } } },
        ],
      },
      { role: "user", parts: [{ fileData: { fileUri: "files/abc", mimeType: "video/mp4" } }] },
    ],
  });
  assert.deepEqual([model, stream], ["m", false]);
  assert.deepEqual(messages, [
    { role: "system", content: [{ type: "text", text: "Be brief." }] },
    {
      role: "user",
      content: [
        { type: "text", text: "Look." },
        {
          type: "media",
          media: "image",
          mimeType: "image/png",
          source: { kind: "data", data: "aGk=" },
        },
      ],
    },
    {
      role: "assistant",
      content: [
        { type: "reasoning", text: "hm", signature: "c2ln" },
        { type: "tool-call", id: "call_1", name: "f", arguments: '{"a":1}' },
        { type: "tool-call", id: "own", name: "f", arguments: "{}" },
      ],
    },
    {
      role: "tool",
      content: [
        {
          type: "tool-result",
          callId: "call_1",
          name: "f",
          content: [{ type: "text", text: "one" }],
        },
        {
          type: "tool-result",
          callId: "own",
          name: "f",
          content: [{ type: "text", text: "no" }],
          isError: true,
        },
      ],
    },
    {
      role: "user",
      content: [
        {
          type: "media",
          media: "video",
          mimeType: "video/mp4",
          source: { kind: "file", id: "files/abc" },
        },
      ],
    },
  ]);
});

test("settings, tools and what only Google knows find their places", async () => {
  const request = await read({
    contents: [{ parts: [{ text: "x" }] }],
    tools: [
      {
        functionDeclarations: [
          {
            name: "f",
            parameters: {
              type: "OBJECT",
              properties: { n: { type: 3, nullable: true }, l: { type: "ARRAY", minItems: "2" } },
              propertyOrdering: ["n"],
            },
          },
        ],
      },
      { google_search: {}, code_execution: {} },
      { googleMaps: { a: 1 } },
    ],
    toolConfig: { functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["f"] } },
    safetySettings: [{ category: "c" }],
    generationConfig: {
      temperature: 0,
      maxOutputTokens: 9,
      stopSequences: ["END"],
      responseLogprobs: true,
      responseMimeType: "application/json",
      responseSchema: { type: "STRING" },
      responseModalities: ["TEXT", "IMAGE"],
      thinkingConfig: { thinkingBudget: 2000, includeThoughts: true },
      mediaResolution: "LOW",
    },
  });
  const { messages: _messages, model: _model, stream: _stream, ...rest } = request;
  assert.deepEqual(rest, {
    sampling: { temperature: 0, maxTokens: 9, stop: ["END"], logprobs: 0 },
    tools: [
      {
        name: "f",
        parameters: {
          type: "object",
          properties: { n: { type: ["integer", "null"] }, l: { type: "array", minItems: 2 } },
        },
      },
    ],
    hostedTools: ["web-search", "code-execution"],
    toolChoice: { mode: "required", names: ["f"] },
    output: { type: "json", schema: { type: "string" } },
    modalities: ["text", "image"],
    reasoning: { effort: "medium", budget: 2000, include: true },
    extensions: {
      google: {
        safetySettings: [{ category: "c" }],
        generationConfig: { mediaResolution: "LOW" },
        tools: [{ googleMaps: { a: 1 } }],
      },
    },
  });
});

const reasoning = async (thinkingConfig: Json) =>
  (await read({ contents: [], generationConfig: { thinkingConfig } })).reasoning;

test("levels and budgets of thinking", async () => {
  assert.deepEqual(await reasoning({ thinkingLevel: "LOW" }), { effort: "low" });
  assert.deepEqual(await reasoning({ thinkingBudget: 0 }), { effort: "none" });
  assert.deepEqual(await reasoning({ thinkingBudget: -1, includeThoughts: false }), {
    include: false,
  });
});

test("an answer of another vendor's is told in Google's words", async () => {
  const body = {
    contents: [{ parts: [{ text: "x" }] }],
    generationConfig: { thinkingConfig: { includeThoughts: true } },
  };
  const events: readonly ChatEvent[] = [
    { type: "reasoning", choice: 0, text: "hm" },
    said("é one "),
    said("two"),
    {
      type: "tool-call",
      choice: 0,
      id: "a",
      name: "f",
      arguments: '{"x":1}',
      signature: "ag1.x.y",
    },
    { type: "media", choice: 0, media: "image", mimeType: "image/png", data: "aGk=" },
    { type: "code", choice: 0, language: "python", code: "1" },
    { type: "code-result", choice: 0, outcome: "ok", output: "1" },
    { type: "search", choice: 0, queries: ["q"] },
    {
      type: "citation",
      choice: 0,
      citation: { url: "https://a.example", title: "A", start: 2, end: 5 },
    },
    { type: "finish", choice: 0, reason: "tool-calls" },
    {
      type: "usage",
      usage: {
        inputTokens: 3,
        outputTokens: 5,
        totalTokens: 8,
        reasoningTokens: 2,
        cachedTokens: 1,
      },
    },
  ];
  const { responseId, ...answer } = parsed(await ask(body, events));
  assert.equal(typeof responseId, "string");
  assert.deepEqual(answer, {
    candidates: [
      {
        content: {
          parts: [
            { text: "hm", thought: true },
            { text: "é one two" },
            {
              functionCall: { id: "a", name: "f", args: { x: 1 } },
              thoughtSignature: Buffer.from("ag1.x.y").toString("base64"),
            },
            { inlineData: { mimeType: "image/png", data: "aGk=" } },
            { executableCode: { language: "PYTHON", code: "1" } },
            { codeExecutionResult: { outcome: "OUTCOME_OK", output: "1" } },
          ],
          role: "model",
        },
        finishReason: "STOP",
        index: 0,
        groundingMetadata: {
          webSearchQueries: ["q"],
          groundingChunks: [{ web: { uri: "https://a.example", title: "A" } }],
          groundingSupports: [
            { segment: { startIndex: 3, endIndex: 6, text: "one" }, groundingChunkIndices: [0] },
          ],
        },
      },
    ],
    usageMetadata: {
      promptTokenCount: 3,
      candidatesTokenCount: 3,
      totalTokenCount: 8,
      cachedContentTokenCount: 1,
      thoughtsTokenCount: 2,
    },
    modelVersion: "m",
  });
});

test("thoughts are shown to who asks for them, and signatures to all", async () => {
  const events: readonly ChatEvent[] = [
    { type: "reasoning", choice: 0, text: "hm" },
    { type: "reasoning", choice: 0, text: "hm", signature: "c2ln" },
    said("hi"),
    done,
  ];
  const { candidates } = parsed(await ask({ contents: [] }, events));
  assert.deepEqual((candidates as readonly Json[])[0]?.["content"], {
    parts: [{ text: "", thought: true, thoughtSignature: "c2ln" }, { text: "hi" }],
    role: "model",
  });
});

const word = async (finish: Partial<Extract<ChatEvent, { type: "finish" }>>) => {
  const events = [said("x"), { ...done, ...finish } as ChatEvent];
  const [candidate] = parsed(await ask({ contents: [] }, events))["candidates"] as readonly Json[];
  return [candidate?.["finishReason"], candidate?.["finishMessage"]];
};

test("each end of an answer has its word", async () => {
  assert.deepEqual(await word({ reason: "length" }), ["MAX_TOKENS", undefined]);
  assert.deepEqual(await word({ reason: "content-filter" }), ["SAFETY", undefined]);
  assert.deepEqual(await word({ reason: "content-filter", detail: "SPII: a number" }), [
    "SPII",
    "a number",
  ]);
  assert.deepEqual(await word({ reason: "other", detail: "tired" }), ["OTHER", "tired"]);
});

test("a stream is events or an array, and a failure ends either", async () => {
  const events = [said("a"), said("b"), done];
  const sse = await ask({ contents: [] }, events, "m:streamGenerateContent?alt=sse");
  assert.equal(readSseText(sse.text).length, 3);
  const array = await ask({ contents: [] }, events, "m:streamGenerateContent");
  assert.equal((JSON.parse(array.text) as unknown[]).length, 3);
  const cut = scriptedUpstream(async function* () {
    yield [said("a")];
    throw new AgproxyError("upstream_cut");
  });
  await using gateway = await startGateway({ plugins: [geminiNative(), cut.plugin] });
  const response = await fetch(`${gateway.url}/v1/models/m:streamGenerateContent`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"contents":[]}',
  });
  assert.equal(response.headers.get("content-type"), "application/json; charset=UTF-8");
  const [first, last] = (await response.json()) as readonly Json[];
  assert.ok(first?.["candidates"]);
  assert.match(JSON.stringify(last?.["error"]), /"code":502/);
});

test("vectors of another vendor's are told in Google's words", async () => {
  const vectors: readonly ChatEvent[] = [
    { type: "embedding", choice: 0, vector: [1, 2] },
    done,
    { type: "embedding", choice: 1, vector: [3] },
    { type: "finish", choice: 1, reason: "stop" },
  ];
  const content = { parts: [{ text: "x" }] };
  const one = await ask(
    { content, outputDimensionality: 2 },
    vectors.slice(0, 2),
    "m:embedContent",
  );
  assert.deepEqual(parsed(one), { embedding: { values: [1, 2] } });
  assert.deepEqual(one.request?.embedding, { dimensions: 2 });
  const requests = [{ content }, { content, taskType: "T" }];
  const two = await ask({ requests }, vectors, "m:batchEmbedContents");
  assert.deepEqual(parsed(two), { embeddings: [{ values: [1, 2] }, { values: [3] }] });
  assert.equal((await ask({ requests: [] }, vectors, "m:batchEmbedContents")).status, 400);
});

test("tokens are estimated, of contents and of whole requests", async () => {
  const contents = [{ parts: [{ text: "one two three four" }] }];
  for (const body of [{ contents }, { generateContentRequest: { model: "models/m", contents } }]) {
    const { status, text } = await ask(body, [], "m:countTokens");
    assert.equal(status, 200);
    assert.ok(Number((JSON.parse(text) as Json)["totalTokens"]) > 4);
  }
});

test("an error names the field, the code and the time to wait", async () => {
  const wrong = await ask({ contents: [{ parts: [{ functionCall: {} }] }] });
  assert.equal(wrong.status, 400);
  const { error } = JSON.parse(wrong.text) as { readonly error: Json };
  assert.equal(error["status"], "INVALID_ARGUMENT");
  assert.deepEqual((error["details"] as readonly Json[])[1], {
    "@type": "type.googleapis.com/google.rpc.BadRequest",
    fieldViolations: [
      {
        field: "contents[0].parts[0].functionCall.name",
        description: "`contents[0].parts[0].functionCall.name` must be a non-empty string.",
      },
    ],
  });
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { lintRequest } from "./request-rules.ts";

const hi = { role: "user", parts: [{ text: "hi" }] };
const weather = { name: "get_weather", parametersJsonSchema: { type: "object", properties: {} } };

function call(name: string, extra: object = {}) {
  return { functionCall: { name, args: {} }, ...extra };
}

function result(name: string) {
  return { functionResponse: { name, response: { result: "ok" } } };
}

function message(model: string, body: unknown): string | undefined {
  const error = lintRequest(model, body);
  assert.equal(error?.status, error?.body.error.code);
  return error?.body.error.message;
}

test("a right request passes, in camelCase and in snake_case, with nulls and with lone values for lists", () => {
  const right: readonly unknown[] = [
    { contents: [hi] },
    { contents: hi, system_instruction: { parts: { text: "be brief" } } },
    { contents: [hi], tools: null, generationConfig: { temperature: null, topK: 40 } },
    { contents: [hi], tools: [{ function_declarations: [weather] }] },
    { contents: [hi], toolConfig: {}, safetySettings: [] },
    {
      contents: [hi],
      generation_config: { max_output_tokens: 2000, thinking_config: { include_thoughts: true } },
    },
    {
      contents: [
        { role: "user", parts: [{ inline_data: { mime_type: "image/png", data: "AAAA" } }] },
      ],
    },
  ];
  for (const body of right) {
    assert.equal(message("gemini-2.5-flash", body), undefined, JSON.stringify(body));
  }
});

test("unknown fields are reported all at once, with Google's paths", () => {
  const body = {
    contents: [{ ...hi, foo: 1 }],
    model_name: "x",
    generationConfig: { max_tokens: 3 },
    tools: [
      {
        functionDeclarations: [
          { name: "f", parameters: { type: "OBJECT", properties: { a: { const: 1 } } } },
        ],
      },
    ],
  };
  const error = lintRequest("gemini-2.5-flash", body);
  assert.equal(error?.body.error.status, "INVALID_ARGUMENT");
  assert.deepEqual(error?.body.error.message.split("\n"), [
    `Invalid JSON payload received. Unknown name "foo" at 'contents[0]': Cannot find field.`,
    `Invalid JSON payload received. Unknown name "model_name": Cannot find field.`,
    `Invalid JSON payload received. Unknown name "max_tokens" at 'generation_config': Cannot find field.`,
    `Invalid JSON payload received. Unknown name "const" at 'tools[0].function_declarations[0].parameters.properties[0].value': Cannot find field.`,
  ]);
  assert.deepEqual(error?.body.error.details?.[0]?.["fieldViolations"], [
    {
      field: "contents[0]",
      description: `Invalid JSON payload received. Unknown name "foo" at 'contents[0]': Cannot find field.`,
    },
    {
      description: `Invalid JSON payload received. Unknown name "model_name": Cannot find field.`,
    },
    {
      field: "generation_config",
      description: `Invalid JSON payload received. Unknown name "max_tokens" at 'generation_config': Cannot find field.`,
    },
    {
      field: "tools[0].function_declarations[0].parameters.properties[0].value",
      description: `Invalid JSON payload received. Unknown name "const" at 'tools[0].function_declarations[0].parameters.properties[0].value': Cannot find field.`,
    },
  ]);
});

test("wrong requests get Google's words", () => {
  const sameNumber =
    "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.";
  const cases: readonly [model: string, body: object, expected: string | RegExp][] = [
    ["gemini-2.5-flash", {}, "* GenerateContentRequest.contents: contents is not specified"],
    [
      "gemini-2.5-flash",
      { contents: [] },
      "* GenerateContentRequest.contents: contents is not specified",
    ],
    [
      "gemini-2.5-flash",
      { contents: [{ role: "user", parts: [] }] },
      "* GenerateContentRequest.contents[0].parts: contents.parts must not be empty.",
    ],
    [
      "gemini-2.5-flash",
      { contents: [hi, { role: "model", parts: [{}] }, hi] },
      "* GenerateContentRequest.contents[1].parts[0].data: required oneof field 'data' must have one initialized field",
    ],
    [
      "gemini-2.5-flash",
      { contents: [{ role: "user", parts: [{ text: "" }] }] },
      "* GenerateContentRequest.contents[0].parts[0].data: required oneof field 'data' must have one initialized field",
    ],
    [
      "gemini-2.5-flash",
      { contents: [{ role: "assistant", parts: [{ text: "a" }] }] },
      "Please use a valid role: user, model.",
    ],
    [
      "gemini-2.5-flash",
      { contents: [{ role: "model", parts: [call("f")] }, hi] },
      /function call turn comes immediately after a user turn/,
    ],
    [
      "gemini-2.5-flash",
      {
        contents: [
          hi,
          { role: "model", parts: [call("f"), call("g")] },
          { role: "user", parts: [result("f")] },
        ],
      },
      sameNumber,
    ],
    ["gemini-2.5-flash", { contents: [hi, { role: "model", parts: [call("f")] }, hi] }, sameNumber],
    [
      "gemini-2.5-flash",
      { contents: [hi, { role: "user", parts: [result("f")] }] },
      "Please ensure that function response turn comes immediately after a function call turn.",
    ],
    [
      "gemini-2.5-flash",
      { contents: [{ role: "user", parts: [{ text: 3 }] }] },
      "Invalid value at 'contents[0].parts[0].text' (TYPE_STRING), 3",
    ],
    [
      "gemini-2.5-flash",
      { contents: [hi], generationConfig: { temperature: 3 } },
      /temperature must be in the range/,
    ],
    [
      "gemini-2.5-flash",
      { contents: [hi], generationConfig: { maxOutputTokens: 1_000_000 } },
      /maxOutputTokens value of 1000000 but the supported range is from 1 \(inclusive\) to 65537/,
    ],
    [
      "gemini-3-flash-preview",
      {
        contents: [hi],
        generationConfig: { thinkingConfig: { thinkingBudget: 100, thinkingLevel: "low" } },
      },
      "You can only set only one of thinking budget and thinking level.",
    ],
    [
      "gemini-2.5-flash",
      { contents: [hi], generationConfig: { thinkingConfig: { thinkingLevel: "low" } } },
      "Thinking level is not supported for this model.",
    ],
    [
      "gemini-3.8-flash",
      { contents: [hi], generationConfig: { thinkingConfig: { thinkingLevel: "minimal" } } },
      "Thinking level MINIMAL is not supported for this model. Please retry with other thinking level.",
    ],
    [
      "gemini-2.5-flash",
      {
        contents: [hi],
        generationConfig: { thinkingConfig: { thinkingBudget: 0, includeThoughts: true } },
      },
      "Thinking_config.include_thoughts is only enabled when thinking is enabled.",
    ],
    [
      "gemini-2.5-pro",
      { contents: [hi], generationConfig: { thinkingConfig: { thinkingBudget: 0 } } },
      "Budget 0 is invalid. This model only works in thinking mode.",
    ],
    [
      "gemini-2.5-flash-lite",
      { contents: [hi], generationConfig: { thinkingConfig: { thinkingBudget: 100 } } },
      "The thinking budget 100 is invalid. Please choose a value between 512 and 24576.",
    ],
    [
      "gemini-2.5-flash",
      { contents: [hi], tools: [{ functionDeclarations: [{ name: "1 bad" }] }] },
      /Invalid function name/,
    ],
    [
      "gemini-2.5-flash",
      {
        contents: [hi],
        tools: [{ functionDeclarations: [{ name: "f", parameters: { type: "object" } }] }],
      },
      /parameters\.properties: should be non-empty for OBJECT type/,
    ],
    [
      "gemini-2.5-flash",
      { contents: [hi], tools: [{ functionDeclarations: [weather], googleSearch: {} }] },
      "Tool use with function calling is unsupported by the model.",
    ],
    [
      "gemini-3-flash-preview",
      { contents: [hi], tools: [{ functionDeclarations: [weather] }, { googleSearch: {} }] },
      /include_server_side_tool_invocations/,
    ],
    [
      "gemini-3.6-flash",
      { contents: [hi, { role: "model", parts: [{ text: "begun" }] }] },
      "Requests ending with a model turn are not supported.",
    ],
    [
      "gemini-2.5-flash",
      { contents: [hi, hi] },
      "Please ensure that multiturn requests alternate between user and model.",
    ],
    [
      "gemini-2.5-flash",
      {
        contents: [
          hi,
          { role: "user", parts: [call("f")] },
          { role: "user", parts: [result("f")] },
        ],
      },
      /function call turn comes immediately after a user turn/,
    ],
    [
      "gemini-2.5-flash",
      {
        contents: [
          hi,
          { role: "model", parts: [call("f")] },
          {
            role: "user",
            parts: [result("f"), { inlineData: { mimeType: "image/png", data: "AAAA" } }],
          },
        ],
      },
      sameNumber,
    ],
    [
      "gemini-2.5-flash",
      { contents: [hi], generationConfig: { stopSequences: ["a", "b", "c", "d", "e", "f"] } },
      /the number of stop_sequences must not be more than 5/,
    ],
    [
      "gemini-2.5-flash",
      { contents: [hi], generationConfig: { candidateCount: 9 } },
      /candidate_count must be in the range \[1, 8\]/,
    ],
    [
      "gemini-2.5-flash",
      { contents: [hi], generationConfig: { seed: 2 ** 31 } },
      "Invalid value at 'generation_config.seed' (TYPE_INT32), 2147483648",
    ],
    [
      "gemini-2.5-flash",
      { contents: [{ role: "model", parts: [{ text: "a", thoughtSignature: "A B" }] }] },
      `Invalid value at 'contents[0].parts[0].thought_signature' (TYPE_BYTES), Base64 decoding failed for "A B"`,
    ],
    [
      "gemini-2.5-flash",
      { contents: [hi], cachedContent: "cachedContents/a", systemInstruction: hi },
      /^CachedContent can not be used with GenerateContent request setting system_instruction/,
    ],
    [
      "gemini-2.5-flash",
      { contents: [hi], tools: [{ functionDeclarations: [weather, weather] }] },
      "Duplicate function declaration found: get_weather",
    ],
    [
      "gpt-4o",
      { contents: [hi] },
      /^models\/gpt-4o is not found for API version v1beta, or is not supported for generateContent/,
    ],
  ];
  for (const [model, body, expected] of cases) {
    const said = message(model, body) ?? "nothing";
    if (typeof expected === "string") assert.equal(said, expected);
    else assert.match(said, expected);
  }
});

test("results stand in the order of their calls, and what follows them stays apart from them", () => {
  const asked = [hi, { role: "model", parts: [call("f"), call("g")] }];
  const answered = [...asked, { role: "user", parts: [result("f"), result("g")] }];
  assert.equal(message("gemini-2.5-flash", { contents: [...answered, hi] }), undefined);
  const swapped = { contents: [...asked, { role: "user", parts: [result("g"), result("f")] }] };
  const error = lintRequest("gemini-2.5-flash", swapped)?.body.error;
  assert.equal(error?.message, "Request contains an invalid argument.");
  assert.match(
    String(error?.details?.[0]?.["detail"]),
    /response 1 is named g, and the call in its place f$/,
  );
  const strange = {
    contents: [
      hi,
      { role: "model", parts: [{ functionCall: { id: "a", name: "f" } }] },
      { role: "user", parts: [{ functionResponse: { id: "b", name: "f", response: {} } }] },
    ],
  };
  const detail = lintRequest("gemini-2.5-flash", strange)?.body.error.details?.[0]?.["detail"];
  assert.match(String(detail), /response 1 has the id b, and the call in its place a/);
});

function limited(model: string, maxOutputTokens: number, thinkingConfig: object = {}) {
  const generationConfig = { maxOutputTokens, thinkingConfig };
  return lintRequest(model, { contents: [hi], generationConfig });
}

test("a limit that thinking may use up alone is refused, and one that leaves room is not", () => {
  const cases: readonly [
    model: string,
    limit: number,
    thinking: object | undefined,
    right: boolean,
  ][] = [
    ["gemini-2.5-flash-lite", 16, undefined, false],
    ["gemini-2.5-flash-lite", 16, { thinkingBudget: 0 }, true],
    ["gemini-2.5-pro", 16, { thinkingBudget: 128 }, false],
    ["gemini-2.5-pro", 400, { thinkingBudget: 128 }, true],
    ["gemini-3.1-pro-preview", 500, undefined, false],
    ["gemini-3.1-pro-preview", 4000, { thinkingLevel: "high" }, true],
    ["gemini-3-flash-preview", 512, { thinkingLevel: "MINIMAL" }, false],
    ["gemini-3-flash-preview", 528, { thinkingLevel: "MINIMAL" }, true],
    ["gemini-2.0-flash", 1, undefined, true],
  ];
  for (const [model, limit, thinking, right] of cases) {
    assert.equal(limited(model, limit, thinking) === undefined, right, `${model} ${limit}`);
  }
});

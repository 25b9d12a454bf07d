import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChatRequest } from "@agproxy/core";
import { body, system, translated, user } from "../fixtures/requests.ts";
import { fields } from "../shape.ts";

const config = (rest: Partial<ChatRequest>, model?: string) =>
  body([user("hi")], rest, model).generationConfig;

test("sampling", () => {
  const sampling = {
    temperature: 0.5,
    topP: 0.9,
    topK: 3,
    seed: 2 ** 32 + 7,
    presencePenalty: 1,
    frequencyPenalty: -1,
    stop: ["a", "", "b", "c", "d", "e", "f"],
    maxTokens: 1_000_000,
    choices: 2,
    logprobs: 50,
  };
  assert.deepEqual(config({ sampling }, "gemini-2.0-flash"), {
    temperature: 0.5,
    topP: 0.9,
    topK: 3,
    seed: 7,
    presencePenalty: 1,
    frequencyPenalty: -1,
    stopSequences: ["a", "b", "c", "d", "e"],
    maxOutputTokens: 8192,
    candidateCount: 2,
    responseLogprobs: true,
    logprobs: 20,
  });
  assert.deepEqual(config({ sampling: { logprobs: 0 } }, "gemini-2.0-flash"), {
    responseLogprobs: true,
  });
  assert.equal(config({ sampling: { choices: 1, stop: [] } }), undefined);
  assert.deepEqual(config({ sampling: { maxTokens: 9e9 } }, "somebody-elses"), {
    maxOutputTokens: 9e9,
  });
});

test("JSON, with its whole schema", () => {
  const schema = { $schema: "x", type: "object", properties: { a: { exclusiveMinimum: 0 } } };
  assert.deepEqual(config({ output: { type: "json", schema } }), {
    responseMimeType: "application/json",
    responseJsonSchema: { type: "object", properties: { a: { exclusiveMinimum: 0 } } },
  });
  assert.deepEqual(config({ output: { type: "json" } }), { responseMimeType: "application/json" });
});

test("every effort for every family, a level or a budget and never both", () => {
  const efforts = ["none", "minimal", "low", "medium", "high", "xhigh"] as const;
  const amounts = (model: string) =>
    efforts.map((effort) => {
      const amount = fields(config({ reasoning: { effort } }, model)?.thinkingConfig);
      const { thinkingLevel, thinkingBudget } = amount ?? {};
      assert.ok(thinkingLevel === undefined || thinkingBudget === undefined);
      return thinkingLevel ?? thinkingBudget;
    });
  const table: Readonly<Record<string, readonly unknown[]>> = {
    "gemini-3-pro-preview": ["low", "low", "low", "high", "high", "high"],
    "gemini-3.1-pro-preview": ["low", "low", "low", "medium", "high", "high"],
    "gemini-3-flash-preview": ["minimal", "minimal", "low", "medium", "high", "high"],
    "gemini-3.7-flash": ["low", "low", "low", "medium", "high", "high"],
    "gemini-2.5-pro": [128, 1024, 1024, 8192, 24_576, 32_768],
    "gemini-2.5-flash": [0, 1024, 1024, 8192, 24_576, 24_576],
    "gemini-2.5-flash-lite": [0, 1024, 1024, 8192, 24_576, 24_576],
    "gemini-2.0-flash": efforts.map(() => undefined),
    "gemini-2.5-flash-image": efforts.map(() => undefined),
    "tunedModels/mine": efforts.map(() => undefined),
  };
  for (const [model, expected] of Object.entries(table)) {
    assert.deepEqual(amounts(model), expected, model);
  }
});

const thinkingOf = (reasoning: NonNullable<ChatRequest["reasoning"]>, model: string) =>
  config({ reasoning }, model)?.thinkingConfig;

test("thoughts are asked for where there can be any", () => {
  const include = { includeThoughts: true };
  assert.deepEqual(thinkingOf({ include: true }, "gemini-2.5-flash"), include);
  assert.deepEqual(thinkingOf({ include: true, effort: "none" }, "gemini-2.5-flash"), {
    thinkingBudget: 0,
  });
  assert.equal(thinkingOf({ include: true }, "gemini-2.0-flash"), undefined);
  assert.equal(thinkingOf({}, "gemini-2.5-flash"), undefined);
});

test("pictures: ratio, size and what the model may answer with", () => {
  const image = (options: ChatRequest["image"], model = "gemini-3-pro-image-preview") =>
    config({ image: options ?? {} }, model)?.imageConfig;
  assert.deepEqual(image({ size: "1792x1024", quality: "hd" }), {
    aspectRatio: "16:9",
    imageSize: "4K",
  });
  assert.deepEqual(image({ size: "1024x1024", quality: "standard" }), {
    aspectRatio: "1:1",
    imageSize: "1K",
  });
  assert.deepEqual(image({ aspectRatio: "4:5", size: "2K" }), {
    aspectRatio: "4:5",
    imageSize: "2K",
  });
  assert.deepEqual(image({ size: "1024x1536", quality: "hd" }, "gemini-2.5-flash-image"), {
    aspectRatio: "2:3",
  });
  assert.equal(image({ size: "auto", quality: "auto" }), undefined);
  assert.equal(image({ size: "0x5" }), undefined);
  assert.equal(config({ image: { size: "1024x1024" } }, "gemini-2.5-flash"), undefined);
  const modalities = (wish: readonly string[]) =>
    config({ modalities: wish }, "gemini-2.5-flash-image")?.responseModalities;
  assert.deepEqual(modalities([]), ["TEXT", "IMAGE"]);
  assert.deepEqual(modalities(["image"]), ["IMAGE"]);
  assert.equal(config({ modalities: ["text"] }), undefined);
});

test("the client's own Gemini fields win, in either case of letters", () => {
  const made = body([user("hi")], {
    sampling: { temperature: 1, topP: 0.5 },
    reasoning: { effort: "high", include: true },
    tools: [{ name: "f" }],
    extensions: {
      google: {
        thinking_config: { thinking_budget: 5 },
        safety_settings: [{ category: "A", threshold: "B" }],
        cached_content: "cachedContents/x",
        generation_config: { temperature: 0, response_json_schema: { my_key: 1 } },
        tools: [{ google_search: {} }],
        media_resolution: null,
      },
    },
  });
  assert.deepEqual(made.generationConfig, {
    temperature: 0,
    topP: 0.5,
    thinkingConfig: { includeThoughts: true, thinkingBudget: 5 },
    responseJsonSchema: { my_key: 1 },
  });
  assert.deepEqual(made.safetySettings, [{ category: "A", threshold: "B" }]);
  assert.equal(made.cachedContent, "cachedContents/x");
  assert.deepEqual(made.tools, [{ functionDeclarations: [{ name: "f" }] }, { googleSearch: {} }]);
  assert.equal(made.toolConfig, undefined);
});

test("functions beside built-in tools are said to be meant, where the model knows the words", () => {
  const rest = {
    tools: [{ name: "f" }],
    extensions: { google: { tools: [{ google_search: {} }] } },
  };
  const made = body([user("hi")], rest, "gemini-3-flash-preview");
  assert.deepEqual(made.toolConfig, { includeServerSideToolInvocations: true });
});

const drawing = (name: string, image: ChatRequest["image"] = {}) => {
  const made = translated([user("hi")], { image }, name);
  return [made.model, made.body.generationConfig?.imageConfig, made.body.tools];
};

test("suffixes of a model's name: any order and letters, and only where they mean something", () => {
  const pro = "gemini-3-pro-image-preview";
  assert.deepEqual(drawing(`${pro}-16x9-4k`), [
    pro,
    { aspectRatio: "16:9", imageSize: "4K" },
    undefined,
  ]);
  assert.deepEqual(drawing(`${pro}-2K-online-9X16`), [
    pro,
    { aspectRatio: "9:16", imageSize: "2K" },
    [{ googleSearch: {} }],
  ]);
  assert.deepEqual(drawing(`${pro}-2k`, { size: "1024x1536", quality: "hd" }), [
    pro,
    { aspectRatio: "2:3", imageSize: "4K" },
    undefined,
  ]);
  assert.deepEqual(drawing("gemini-2.5-flash-image-21x9"), [
    "gemini-2.5-flash-image",
    { aspectRatio: "21:9" },
    undefined,
  ]);
  assert.deepEqual(drawing("gemini-2.5-flash-16x9"), [
    "gemini-2.5-flash-16x9",
    undefined,
    undefined,
  ]);
  assert.deepEqual(drawing("models/online"), ["models/online", undefined, undefined]);
});

const proImage = (options: ChatRequest["image"]) =>
  config({ image: options ?? {} }, "gemini-3-pro-image-preview")?.imageConfig;

test("sizes in dots, and words that say nothing of a size", () => {
  assert.deepEqual(proImage({ size: "2048x2048" }), { aspectRatio: "1:1", imageSize: "2K" });
  assert.deepEqual(proImage({ size: "3840x2160", quality: "auto" }), {
    aspectRatio: "16:9",
    imageSize: "4K",
  });
  assert.deepEqual(proImage({ size: "4K", quality: "auto" }), { imageSize: "4K" });
});

const speech = (voice: string, model = "gemini-2.5-flash-preview-tts") =>
  translated([system("Cheerfully:"), user("Hi")], { voice, modalities: ["audio"] }, model);

const named = (voiceName: string) => ({
  responseModalities: ["AUDIO"],
  speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName } } },
});

test("speech: the voice by either maker's name", () => {
  assert.deepEqual(speech("alloy").body.generationConfig, named("Kore"));
  assert.deepEqual(speech("zephyr").body.generationConfig, named("Zephyr"));
  assert.deepEqual(speech("somebody").body.generationConfig, named("somebody"));
  assert.deepEqual(speech("alloy").ignored, []);
  const mute = speech("alloy", "gemini-2.5-flash");
  assert.equal(mute.body.generationConfig, undefined);
  assert.deepEqual(mute.ignored, ["modalities", "voice"]);
});

const turns = (model: string) => {
  const { body: made, ignored } = speech("alloy", model);
  assert.equal(made.systemInstruction, undefined);
  return { parts: made.contents.flatMap(({ parts }) => parts), ignored };
};

test("speech: instructions go where the model looks for a style, and are never read aloud", () => {
  for (const model of ["gemini-2.5-pro-preview-tts", "gemini-3.1-flash-tts-preview"]) {
    assert.deepEqual(turns(model), {
      parts: [{ text: "### DIRECTOR'S NOTES\nCheerfully:\n\n### TRANSCRIPT\n" }, { text: "Hi" }],
      ignored: [],
    });
  }
  for (const model of ["gemini-3.8-flash-tts", "gemini-3.8-flash-lite-tts", "gemini-4-pro-tts"]) {
    assert.deepEqual(turns(model), {
      parts: [{ text: "Hi", speechMetadata: { style: "Cheerfully:" } }],
      ignored: [],
    });
  }
  assert.deepEqual(turns("gemini-3-flash-tts"), {
    parts: [{ text: "Hi" }],
    ignored: ["instructions"],
  });
});

test("speech: newer models refuse to be told how to sample", () => {
  const sampling = { temperature: 1, topP: 1, topK: 1 };
  const asked = (model: string) => translated([user("Hi")], { sampling, voice: "Kore" }, model);
  assert.deepEqual(asked("gemini-3.8-flash-tts").body.generationConfig, named("Kore"));
  assert.deepEqual(asked("gemini-3.8-flash-tts").ignored, ["temperature", "top_p", "top_k"]);
  assert.deepEqual(asked("gemini-2.5-flash-preview-tts").ignored, []);
});

test("penalties and logprobs are left out where they are refused, and named where they ask for something", () => {
  const sampling = { presencePenalty: 1, frequencyPenalty: -1, logprobs: 2 };
  const nothing = { presencePenalty: 0, frequencyPenalty: 0 };
  for (const model of ["gemini-2.5-flash", "gemini-3-pro-preview", "gemini-3-pro-image"]) {
    const made = translated([user("hi")], { sampling }, model);
    const { responseModalities: _, ...rest } = made.body.generationConfig ?? {};
    assert.deepEqual(rest, {}, model);
    assert.deepEqual(made.ignored, ["presence_penalty", "frequency_penalty", "logprobs"], model);
    assert.deepEqual(translated([user("hi")], { sampling: nothing }, model).ignored, [], model);
  }
  const extensions = { google: { presence_penalty: 1 } };
  assert.deepEqual(config({ extensions }), { presencePenalty: 1 });
});

test("models that draw get no functions, and those that cannot keep to a format get none", () => {
  const rest = {
    tools: [{ name: "f" }],
    toolChoice: { mode: "required" },
    output: { type: "json" },
  } as const;
  const old = translated([user("hi")], rest, "gemini-2.5-flash-image");
  assert.deepEqual(old.body.generationConfig, { responseModalities: ["TEXT", "IMAGE"] });
  assert.deepEqual(old.ignored, ["response_format", "tools"]);
  const recent = translated([user("hi")], rest, "gemini-3-pro-image-preview");
  assert.equal(recent.body.generationConfig?.responseMimeType, "application/json");
  assert.deepEqual(recent.ignored, ["tools"]);
  for (const { body: made } of [old, recent]) {
    assert.equal(made.tools, undefined);
    assert.equal(made.toolConfig, undefined);
  }
});

test("what a model cannot honour is said", () => {
  const rest = {
    image: { size: "1024x1024", quality: "hd" },
    sampling: { stop: ["1", "2", "3", "4", "5", "6"] },
    reasoning: { effort: "high" },
    tools: [{ name: "f" }],
    parallelToolCalls: false,
  } as const;
  const expected = ["size", "quality", "stop", "reasoning_effort", "parallel_tool_calls"];
  assert.deepEqual(translated([user("hi")], rest, "gemini-2.0-flash").ignored, expected);
  assert.deepEqual(translated([user("hi")], {}, "gemini-2.0-flash").ignored, []);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { lintRequest } from "./request-rules.ts";

const hi = { role: "user", parts: [{ text: "hi" }] };
const f = { functionDeclarations: [{ name: "f" }] };
const voice = (voiceName: string) => ({
  voiceConfig: { prebuiltVoiceConfig: { voiceName } },
});
const kore = { responseModalities: ["AUDIO"], speechConfig: voice("Kore") };

const config = (generationConfig: object) => ({ generationConfig });
const ratio = (aspectRatio: string) => config({ imageConfig: { aspectRatio } });
const level = (thinkingLevel: string) => config({ thinkingConfig: { thinkingLevel } });
const budget = (thinkingBudget: number) => config({ thinkingConfig: { thinkingBudget } });

type Case = readonly [model: string, rest: object, expected?: string | RegExp];

function check(cases: readonly Case[]) {
  for (const [model, rest, expected] of cases) {
    const said = lintRequest(model, { contents: [hi], ...rest })?.body.error.message;
    const title = `${model} ${JSON.stringify(rest)}`;
    if (expected instanceof RegExp) assert.match(said ?? "nothing", expected, title);
    else assert.equal(said, expected, title);
  }
}

test("models that speak take a style beside the text", () => {
  const styled = { role: "user", parts: [{ text: "hi", speechMetadata: { style: "glad" } }] };
  check([["gemini-3.8-flash-tts", { generationConfig: kore, contents: [styled] }]]);
});

test("models that speak take a voice, one prompt and nothing else", () => {
  const tts = "gemini-2.5-flash-preview-tts";
  const other = /accepts the following combination of response modalities:\n\* AUDIO\n$/;
  check([
    [tts, { generationConfig: kore }],
    [tts, {}, other],
    [tts, { generationConfig: { ...kore, responseModalities: ["TEXT", "AUDIO"] } }, other],
    [
      tts,
      { generationConfig: { responseModalities: ["AUDIO"] } },
      "Request contains an invalid argument.",
    ],
    [
      tts,
      { generationConfig: { ...kore, speechConfig: voice("alloy") } },
      /^Voice name alloy is not supported\. Allowed voice names are: achernar, /,
    ],
    [
      tts,
      { generationConfig: kore, systemInstruction: hi },
      "Developer instruction is not enabled for this model",
    ],
    [
      tts,
      { generationConfig: kore, contents: [hi, { role: "model", parts: [{ text: "a" }] }, hi] },
      "Multiturn chat is not enabled for this model",
    ],
    [tts, { generationConfig: kore, tools: [f] }, "Function calling is not enabled for this model"],
    [
      "gemini-2.5-flash",
      { generationConfig: { speechConfig: voice("Kore") } },
      "Cannot extract voices from a non-audio request.",
    ],
    [
      "gemini-2.5-flash",
      { generationConfig: { responseModalities: ["TEXT", "IMAGE"] } },
      /combination of response modalities \(TEXT, IMAGE\) is not supported/,
    ],
  ]);
});

test("models that draw take ratios and sizes of the list, and no functions", () => {
  const image = "gemini-2.5-flash-image";
  const json = { generationConfig: { responseMimeType: "application/json" } };
  const size = { generationConfig: { imageConfig: { imageSize: "2k" } } };
  check([
    [image, ratio("16:9")],
    [image, ratio("7:3"), /^`aspectRatio` does not support `7:3` as a valid value\./],
    ["gemini-3-pro-image", size, /^`imageSize` does not support `2k` as a valid value\./],
    ["gemini-2.5-flash", ratio("16:9"), "Aspect ratio is not enabled for this model"],
    [image, { tools: [f] }, "Function calling is not enabled for this model"],
    [image, json, "JSON mode is not enabled for this model"],
    ["gemini-3-pro-image", json],
  ]);
});

test("Gemini 3 has given up several candidates, log probabilities and penalties", () => {
  const pro = "gemini-3.1-pro-preview";
  const old = "gemini-2.5-flash";
  check([
    [old, config({ candidateCount: 2, responseLogprobs: true, logprobs: 3 })],
    [pro, config({ candidateCount: 2 }), "Multiple candidates is not enabled for this model"],
    [pro, config({ responseLogprobs: true }), "Logprobs is not enabled for this model"],
    [old, config({ frequencyPenalty: 0.5 }), "Penalty is not enabled for this model"],
    [old, config({ frequencyPenalty: 0, presencePenalty: 0 })],
    [
      "gemini-2.0-flash",
      config({ responseLogprobs: true, logprobs: 21 }),
      "Request contains an invalid argument.",
    ],
  ]);
});

test("each family is told to think in its own way, within its limits", () => {
  const other = "Please retry with other thinking level.";
  check([
    ["gemini-2.5-flash", budget(0)],
    ["gemini-2.5-flash", budget(-1)],
    ["gemini-2.5-pro", budget(127), /choose a value between 128 and 32768\.$/],
    ["gemini-2.5-flash", budget(24_577), /choose a value between 1 and 24576\.$/],
    ["gemini-2.5-pro", level("high"), "Thinking level is not supported for this model."],
    ["gemini-3-flash-preview", budget(1024), "Thinking budget is not supported for this model."],
    ["gemini-3.1-pro-preview", level("medium")],
    ["gemini-3-pro-preview", level("medium"), new RegExp(`level MEDIUM .*${other}$`)],
    ["gemini-3.6-flash", level("minimal")],
    ["gemini-3.7-flash", level("minimal"), new RegExp(`level MINIMAL .*${other}$`)],
    ["gemini-flash-latest", level("minimal"), new RegExp(`level MINIMAL .*${other}$`)],
    ["gemini-2.0-flash", budget(100), "Thinking is not enabled for this model."],
    ["gemini-2.0-flash", budget(0)],
    ["gemini-2.5-flash-image", level("low"), "Thinking is not enabled for this model."],
  ]);
});

test("functions beside tools of the API's own, family by family", () => {
  const both = { tools: [f, { googleSearch: {} }] };
  const told = { ...both, toolConfig: { includeServerSideToolInvocations: true } };
  const unsupported = "Tool use with function calling is unsupported by the model.";
  check([
    ["gemini-3.1-pro-preview", told],
    ["gemini-3.1-pro-preview", both, /^Please enable tool_config\.include_server_side/],
    ["gemini-2.5-pro", both, unsupported],
    ["gemini-2.5-pro", told, unsupported],
    ["gemini-2.5-pro", { tools: [{ googleSearch: {} }, { urlContext: {} }] }],
  ]);
});

test("Gemma 3 takes a prompt and little else; Gemma 4 takes instructions and functions, and thinks or does not", () => {
  const system = { systemInstruction: hi };
  check([
    ["gemma-3-27b-it", system, "Developer instruction is not enabled for this model"],
    ["gemma-3-27b-it", { tools: [f] }, "Function calling is not enabled for this model"],
    ["gemma-3-27b-it", level("high"), "Thinking is not enabled for this model."],
    ["gemma-4-31b-it", { ...system, tools: [f] }],
    ["gemma-4-31b-it", level("high")],
    ["gemma-4-31b-it", level("minimal")],
    ["gemma-4-31b-it", level("low"), /Thinking level LOW is not supported/],
  ]);
});

import type { JsonObject } from "@agproxy/core";
import assert from "node:assert/strict";
import { test } from "node:test";
import { answerTo } from "./answer.ts";
import { urlsIn } from "./hosted-tools.ts";
import { judgeRequest } from "../rules/request-rules.ts";
import { streamedResponse, wholeResponse } from "./response.ts";
import type { Choice, GenerateResponse, Part } from "../wire.ts";

const pro = "gemini-3.1-pro-preview";

function ask(model: string, text: string, rest: object) {
  const body = { contents: [{ role: "user", parts: [{ text }] }], ...rest };
  const { request, error } = judgeRequest(model, body, "refused");
  assert.ok(request !== undefined, error?.body.error.message);
  const answer = answerTo(model, request);
  const stamp = { modelVersion: model, responseId: "r" };
  const events = [...streamedResponse(answer, stamp)];
  return { whole: wholeResponse(answer, stamp), events };
}

function first({ candidates = [] }: GenerateResponse): Choice {
  return candidates[0] ?? assert.fail("no candidate");
}

function shown(response: GenerateResponse): string {
  return (first(response).content.parts ?? []).map(({ text = "" }) => text).join("");
}

interface Support {
  readonly segment: {
    readonly startIndex?: number;
    readonly endIndex: number;
    readonly text: string;
  };
  readonly groundingChunkIndices: readonly number[];
}

function supportsOf(metadata: JsonObject | undefined): readonly Support[] {
  return (metadata?.["groundingSupports"] ?? []) as readonly Support[];
}

test("a search grounds its answer: queries, sources, and byte offsets that fit the text", () => {
  const tools = [{ googleSearch: {} }];
  const { whole, events } = ask(pro, "Wie ist das Wetter in Zürich? 🌦 Bitte genau.", { tools });
  const { groundingMetadata } = first(whole);
  assert.deepEqual(groundingMetadata?.["webSearchQueries"], [
    "Wie ist das Wetter in Zürich? 🌦 Bitte genau.",
  ]);
  const chunks = groundingMetadata?.["groundingChunks"] as readonly unknown[];
  const bytes = Buffer.from(shown(whole));
  const supports = supportsOf(groundingMetadata);
  assert.equal(supports.length, 3);
  for (const { segment, groundingChunkIndices } of supports) {
    const quoted = bytes.subarray(segment.startIndex ?? 0, segment.endIndex).toString();
    assert.equal(quoted, segment.text);
    assert.ok(groundingChunkIndices.every((index) => index < chunks.length));
  }
  assert.equal(supports[0]?.segment.startIndex, undefined, "zeros are left out");
  const told = events.flatMap((event) => first(event).groundingMetadata ?? []);
  assert.deepEqual(told, [groundingMetadata], "only the last event tells");
  assert.equal(first(events.at(-1) ?? assert.fail()).finishReason, "STOP");
  const { usageMetadata } = whole;
  assert.deepEqual(events.at(-1)?.usageMetadata, usageMetadata);
  const { promptTokenCount = 0, candidatesTokenCount = 0 } = usageMetadata ?? {};
  const { toolUsePromptTokenCount = 0 } = usageMetadata ?? {};
  assert.ok(toolUsePromptTokenCount > 0);
  const sum = promptTokenCount + candidatesTokenCount + toolUsePromptTokenCount;
  assert.equal(usageMetadata?.totalTokenCount, sum);
});

test("pages are read as the prompt names them, and some cannot be", () => {
  const tools = [{ urlContext: {} }];
  const prompt =
    "Compare https://agproxy.invalid/a, https://agproxy.invalid/missing and (https://agproxy.invalid/paywall).";
  const { whole, events } = ask("gemini-2.5-flash", prompt, { tools });
  assert.deepEqual(first(whole).urlContextMetadata, {
    urlMetadata: [
      ["a", "SUCCESS"],
      ["missing", "ERROR"],
      ["paywall", "PAYWALL"],
    ].map(([page, status]) => ({
      retrievedUrl: `https://agproxy.invalid/${page}`,
      urlRetrievalStatus: `URL_RETRIEVAL_STATUS_${status}`,
    })),
  });
  assert.deepEqual(
    first(events[0] ?? assert.fail()).urlContextMetadata,
    first(whole).urlContextMetadata,
  );
  assert.deepEqual(first(whole).groundingMetadata?.["groundingChunks"], [
    { web: { uri: "https://agproxy.invalid/a", title: "agproxy.invalid" } },
  ]);
  const plain = ask("gemini-2.5-flash", "no page here", { tools });
  assert.equal(first(plain.whole).urlContextMetadata, undefined);
  assert.equal(first(plain.whole).groundingMetadata, undefined);
});

test("a link of many dots takes no longer than its length", () => {
  const link = `https://example.com/${".".repeat(1e6)}a`;
  assert.deepEqual(urlsIn(`${link}.`), [link]);
});

test("code runs where the prompt asks to compute", () => {
  const tools = [{ codeExecution: {} }];
  const ran = (prompt: string) =>
    (first(ask("gemini-2.5-flash", prompt, { tools }).whole).content.parts ?? []).filter(
      (part: Part) => part.text === undefined,
    );
  assert.deepEqual(ran("Please compute 6 * 7."), [
    { executableCode: { language: "PYTHON", code: "print(6 * 7)\n" } },
    { codeExecutionResult: { outcome: "OUTCOME_OK", output: "42\n" } },
  ]);
  assert.deepEqual(ran("Calculate 8 / 2")[1], {
    codeExecutionResult: { outcome: "OUTCOME_OK", output: "4.0\n" },
  });
  assert.deepEqual(ran("Calculate 1 / 0")[1], {
    codeExecutionResult: {
      outcome: "OUTCOME_FAILED",
      output: "ZeroDivisionError: division by zero\n",
    },
  });
  assert.deepEqual(ran("Hello"), []);
});

test("beside functions, the search on the API's side is told of in parts of its own", () => {
  const rest = {
    tools: [{ googleSearch: {} }, { functionDeclarations: [{ name: "get_weather" }] }],
    toolConfig: { includeServerSideToolInvocations: true },
  };
  const parts = first(ask(pro, "get_weather", rest).whole).content.parts ?? [];
  assert.deepEqual(
    parts.map((part) => Object.keys(part)[0]),
    ["toolCall", "toolResponse", "functionCall"],
  );
});

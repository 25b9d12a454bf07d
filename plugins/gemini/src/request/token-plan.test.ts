import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChatRequest } from "@agproxy/core";
import { familyOf } from "../models/families.ts";
import { tokenPlan } from "./token-plan.ts";

const plan = (
  model: string,
  sampling: ChatRequest["sampling"],
  rest: Partial<ChatRequest> = {},
) => {
  const request: ChatRequest = { model, messages: [], stream: false, sampling, ...rest };
  const { maxOutputTokens, thinkingConfig } = tokenPlan(request, familyOf(model));
  return [maxOutputTokens, thinkingConfig?.thinkingBudget ?? thinkingConfig?.thinkingLevel];
};

const small = (model: string, rest?: Partial<ChatRequest>) =>
  plan(model, { maxAnswerTokens: 16 }, rest);

test("a small limit for the answer turns thinking down as far as the family allows", () => {
  assert.deepEqual(small("gemini-2.5-flash-lite"), [16, 0]);
  assert.deepEqual(small("gemini-2.5-pro"), [400, 128]);
  assert.deepEqual(small("gemini-3-pro-preview"), [2064, "low"]);
  assert.deepEqual(small("gemini-3-flash-preview"), [528, "minimal"]);
  assert.deepEqual(small("gemini-3.7-flash"), [2064, "low"]);
  assert.deepEqual(small("gemma-4-31b-it"), [528, "minimal"]);
  assert.deepEqual(small("gemini-2.0-flash"), [16, undefined]);
  assert.deepEqual(small("gemini-2.5-pro", { reasoning: { effort: "none" } }), [400, 128]);
});

const budget = (model: string, tokens: number) =>
  plan(model, { maxTokens: 64_000 }, { reasoning: { effort: "low", budget: tokens } })[1];

test("a budget in tokens is the budget of models that know one, within their bounds; others go by the effort", () => {
  assert.equal(budget("gemini-2.5-flash", 3000), 3000);
  assert.equal(budget("gemini-2.5-pro", 1), 128);
  assert.equal(budget("gemini-2.5-flash", 60_000), 24_576);
  assert.equal(budget("gemini-3-flash-preview", 3000), "low");
});

test("a client that asks for reasoning, or for a long answer, gets room for both", () => {
  const effort = (model: string, answer: number, wish?: "low" | "high") =>
    plan(
      model,
      { maxAnswerTokens: answer },
      wish === undefined ? {} : { reasoning: { effort: wish } },
    );
  assert.deepEqual(effort("gemini-2.5-pro", 16, "low"), [1296, 1024]);
  assert.deepEqual(effort("gemini-3-pro-preview", 16, "high"), [24_592, "high"]);
  assert.deepEqual(effort("gemini-2.5-pro", 2000), [10_448, undefined]);
  assert.deepEqual(effort("gemini-3-pro-preview", 8192), [32_768, undefined]);
  assert.deepEqual(effort("gemini-3-pro-preview", 1_000_000), [65_536, undefined]);
  const include = plan("gemini-2.5-pro", { maxAnswerTokens: 16 }, { reasoning: { include: true } });
  assert.deepEqual(include, [8464, undefined]);
});

const total = (model: string, maxTokens: number, effort?: "none" | "medium" | "high") =>
  plan(model, { maxTokens }, effort === undefined ? {} : { reasoning: { effort } });

test("a limit that includes thinking is kept, and thinking is cut to leave room for an answer", () => {
  assert.deepEqual(total("gemini-2.5-pro", 32_000), [32_000, undefined]);
  assert.deepEqual(total("gemini-2.5-pro", 4096), [4096, 1792]);
  assert.deepEqual(total("gemini-2.5-pro", 4096, "high"), [4096, 1792]);
  assert.deepEqual(total("gemini-3-pro-preview", 32_000), [32_000, undefined]);
  assert.deepEqual(total("gemini-3-pro-preview", 4096, "medium"), [4096, "low"]);
  assert.deepEqual(total("gemini-3.1-pro-preview", 16_000), [16_000, "medium"]);
  assert.deepEqual(total("gemini-3.1-flash-lite", 1024), [1024, undefined]);
  assert.deepEqual(total("gemini-2.5-flash-lite", 16), [16, 0]);
  assert.deepEqual(total("gemini-2.5-pro", 16), [400, 128], "more, where less gives no answer");
  assert.deepEqual(total("gemini-3-pro-preview", 16), [2064, "low"]);
  assert.deepEqual(total("gemini-2.5-flash-lite", 1_000_000, "none"), [65_536, 0]);
});

const own = (google: Record<string, unknown>, sampling: ChatRequest["sampling"]) =>
  plan("gemini-2.5-pro", sampling, { extensions: { google } });

test("thinking that the client wrote in Gemini's words stays, and the answer gets its room above it", () => {
  const budget = { thinking_config: { thinking_budget: 1000 } };
  assert.deepEqual(own(budget, { maxAnswerTokens: 16 }), [1272, undefined]);
  assert.deepEqual(
    own({ generationConfig: { thinkingConfig: { thinkingBudget: 1000 } } }, { maxTokens: 16 }),
    [16, undefined],
  );
  assert.deepEqual(own({ safety_settings: [] }, { maxAnswerTokens: 16 }), [400, 128]);
});

test("what leaves for a limit has an answer in it: the model's most, and thinking's", () => {
  for (const model of ["gemini-2.5-pro", "gemini-3-pro-preview", "gemini-3.8-flash", "claude-x"]) {
    for (const limit of [1, 5, 100, 511, 513, 3000, 70_000]) {
      const [given] = plan(model, { maxAnswerTokens: limit });
      assert.ok(Number(given) <= (familyOf(model).maxOutputTokens ?? 0), `${model} ${limit}`);
    }
  }
});

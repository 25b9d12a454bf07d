import assert from "node:assert/strict";
import { test } from "node:test";
import { body, system, user } from "../fixtures/requests.ts";
import { families, familyOf } from "./families.ts";
import { servedModel, answeringModel, reroutedModels } from "./known-model.ts";

const before = Date.parse("2026-11-30T23:59:59Z");
const after = Date.parse("2026-12-01T00:00:00Z");

const configOf = (now: number) =>
  body([user("hi")], { reasoning: { effort: "none" } }, "gemini-2.5-flash-online", { now });

test("a name that Google answers with another model follows that model's rules from that day on", () => {
  assert.equal(answeringModel("gemini-2.5-flash", before), "gemini-2.5-flash");
  assert.equal(answeringModel("models/gemini-2.5-flash", after), "gemini-3.5-flash-lite");
  assert.equal(answeringModel("gemini-2.5-flash-lite", after), "gemini-2.5-flash-lite");
  assert.deepEqual(configOf(before).generationConfig, { thinkingConfig: { thinkingBudget: 0 } });
  assert.deepEqual(configOf(after).generationConfig, {
    thinkingConfig: { thinkingLevel: "minimal" },
  });
  assert.equal(servedModel("gemini-2.5-pro", after).family, familyOf("gemini-3.8-flash"));
  assert.equal(servedModel("gemini-2.5-pro", undefined).family, familyOf("gemini-2.5-pro"));
  assert.equal(servedModel("gemini-2.5-flash-online", after).named.model, "gemini-2.5-flash");
});

test("every replacement is of a known family, and its day is one", () => {
  for (const { from, to } of reroutedModels) {
    assert.ok(
      families.some(({ names }) => names.test(to)),
      to,
    );
    assert.match(new Date(from).toISOString(), new RegExp(`^${from}T00:00`));
  }
});

test("Gemma 4 keeps its instructions, its tools and two levels of thinking", () => {
  for (const model of ["gemma-4-31b-it", "models/gemma-4-26b-a4b-it", "gemma-4-e4b-it"]) {
    const made = body(
      [system("Be brief"), user("hi")],
      { reasoning: { effort: "high" }, tools: [{ name: "f" }] },
      model,
    );
    assert.deepEqual(made.systemInstruction, { parts: [{ text: "Be brief" }] }, model);
    assert.deepEqual(made.generationConfig, { thinkingConfig: { thinkingLevel: "high" } }, model);
    assert.notEqual(made.tools, undefined, model);
  }
});

test("gemini-2.0-flash-exp writes; only the names with `image` draw", () => {
  const plain = familyOf("gemini-2.0-flash-exp");
  assert.equal(plain.modalities, undefined);
  assert.equal(plain.refusesSystem, undefined);
  for (const name of ["exp-image-generation", "preview-image-generation"]) {
    assert.deepEqual(familyOf(`gemini-2.0-flash-${name}`).modalities, ["TEXT", "IMAGE"]);
  }
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeRequest } from "./request-rules.ts";
import { signatureFor } from "../answers/signature.ts";

const flash = "gemini-3-flash-preview";
const standIn = "skip_thought_signature_validator";
const corrupted = "Corrupted thought signature.";

const say = (text: string) => ({ role: "user", parts: [{ text }] });
const call = (name: string, signature?: string) => ({
  functionCall: { name, args: {} },
  ...(signature !== undefined && { thoughtSignature: signature }),
});
const result = (name: string) => ({ functionResponse: { name, response: { result: "ok" } } });

function verdict(
  contents: readonly unknown[],
  foreign: "pass" | "refused" = "pass",
  model = flash,
) {
  return judgeRequest(model, { contents }, foreign).error?.body.error.message;
}

/** The model has said something that carries a signature. */
function onText(signature: string) {
  const parts = [{ text: "", thoughtSignature: signature }];
  return [say("hi"), { role: "model", parts }, say("more")];
}

/** The current turn has made two calls at once. */
function calledTwice(first?: string, second?: string) {
  return [
    say("hi"),
    { role: "model", parts: [call("f", first), call("g", second)] },
    { role: "user", parts: [result("f"), result("g")] },
  ];
}

test("from Gemini 3 on, the first call of each step of the current turn needs a signature", () => {
  assert.match(
    verdict(calledTwice()) ?? "",
    /^Function call is missing a thought_signature in functionCall parts\..* function call `default_api:f` , position 2\./,
  );
  assert.equal(verdict(calledTwice(), "refused", "gemini-2.5-flash"), undefined);
  const earlier = [...calledTwice(), { role: "model", parts: [{ text: "done" }] }, say("more")];
  assert.equal(verdict(earlier, "refused"), undefined);
});

test("a signature stays on the part it was given for", () => {
  const own = signatureFor("f");
  assert.equal(verdict(calledTwice(own), "refused"), undefined);
  assert.equal(verdict(calledTwice(signatureFor("g")), "refused"), corrupted);
  assert.equal(verdict(calledTwice(own, own), "refused"), corrupted);
  assert.equal(verdict(onText(signatureFor("")), "refused"), undefined);
  assert.equal(verdict(onText(own), "refused"), corrupted);
});

test("the server refuses signatures of others, the linter alone does not know them", () => {
  assert.equal(verdict(calledTwice("QUJD"), "refused"), corrupted);
  assert.equal(verdict(calledTwice("QUJD"), "pass"), undefined);
});

test("the stand-in passes on the first call of a step only", () => {
  assert.equal(verdict(calledTwice(standIn), "refused"), undefined);
  assert.equal(verdict(calledTwice(standIn, standIn), "refused"), corrupted);
});

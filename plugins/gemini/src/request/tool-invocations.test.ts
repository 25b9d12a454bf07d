import assert from "node:assert/strict";
import { test } from "node:test";
import { AgproxyError, type ChatEvent } from "@agproxy/core";
import { answerDecoder } from "../answer/answer-decoder.ts";
import { parts } from "../fixtures/answers.ts";
import { assistant, body, call, result, user } from "../fixtures/requests.ts";
import type { RequestContext } from "./generate-content-request.ts";
import { mayMixTools } from "./tool-plan.ts";
import { signatureMarks } from "../signatures/signature-marks.ts";

const model = "gemini-3-flash-preview";
const { mark, unmark } = signatureMarks(() => "api", model);

const searching = {
  toolCall: { toolType: "GOOGLE_SEARCH_WEB", args: { queries: ["x"] }, id: "s1" },
  thoughtSignature: "A",
};
const searched = {
  toolResponse: { toolType: "GOOGLE_SEARCH_WEB", response: { any: [1] }, id: "s1" },
  thoughtSignature: "B",
};
const calling = (id: string, thoughtSignature?: string) => ({
  functionCall: { id, name: "f", args: {} },
  ...(thoughtSignature === undefined ? {} : { thoughtSignature }),
});

/** The invocations that are kept of an answer with these payloads, by call. */
function keptOf(...payloads: readonly unknown[]) {
  const kept = new Map<string, string>();
  const decoder = answerDecoder({
    newCallId: () => "new",
    toolName: (name) => name,
    failure: () => new AgproxyError("upstream_failed"),
    mark,
    keep: ({ id }, invocations) => void (invocations && kept.set(id, invocations)),
  });
  const out: ChatEvent[] = [];
  for (const payload of payloads) decoder.read(payload, out);
  return { kept, out };
}

const tools = [{ name: "f" }];
const history = [user("go"), assistant("Hm.", call("c1"), call("c2")), result("c1", "found")];

function modelParts(context: RequestContext, name = model) {
  const made = body(history, { tools, hostedTools: ["web-search"] }, name, context);
  return made.contents[1]?.parts;
}

const kindsIn = (context: RequestContext, name?: string) =>
  modelParts(context, name)?.flatMap((part) => Object.keys(part)[0] ?? []);

test("what built-in tools did goes back before the call it led to, and is shown to nobody", () => {
  const { kept, out } = keptOf(
    parts(searching),
    parts(searched, { text: "Hm." }),
    parts(calling("c1", "C"), calling("c2")),
  );
  assert.deepEqual(
    out.map(({ type }) => type),
    ["text", "tool-call", "tool-call"],
  );
  assert.deepEqual([...kept.keys()], ["c1"]);
  const signatures = new Map([["c1", mark("C")]]);
  assert.deepEqual(modelParts({ unmark, signatures, invocations: kept }), [
    { text: "Hm." },
    searching,
    searched,
    calling("c1", "C"),
    calling("c2"),
  ]);
});

test("each call has what came since the one before it, a call in pieces too", () => {
  const pieces = { functionCall: { id: "c2", name: "f", partialArgs: [], willContinue: true } };
  const { kept } = keptOf(
    parts(searching, calling("c1"), searched, pieces),
    parts({ functionCall: {} }, searching),
  );
  assert.deepEqual(kindsIn({ unmark, invocations: kept }), [
    "text",
    "toolCall",
    "functionCall",
    "toolResponse",
    "functionCall",
  ]);
});

test("alternatives do not mix theirs", () => {
  const { kept } = keptOf({
    candidates: [
      { index: 0, content: { parts: [searching] } },
      { index: 1, content: { parts: [calling("c1")] } },
    ],
  });
  assert.equal(kept.size, 0);
});

test("not to another family or upstream, nor without the field that allows them", () => {
  const { kept: invocations } = keptOf(parts(searching, searched, calling("c1")));
  const bare = ["text", "functionCall", "functionCall"];
  assert.equal(kindsIn({ invocations, unmark })?.length, 5);
  for (const [upstream, other] of [
    ["api", "gemini-3.1-pro-preview"],
    ["elsewhere", model],
  ] as const) {
    const marks = signatureMarks(() => upstream, other);
    assert.deepEqual(kindsIn({ invocations, unmark: marks.unmark }, other), bare);
  }
  assert.deepEqual(kindsIn({ invocations, unmark }, "gemini-2.5-flash"), bare);
  const plain = body(history, { tools }, model, { invocations, unmark });
  assert.equal(plain.contents[1]?.parts.length, 3);
});

test("a call that a history has twice gets them once, and what was kept broken is left out", () => {
  const { kept: invocations } = keptOf(parts(searching, calling("c1")));
  const twice = [...history, ...history];
  const wish = { tools, hostedTools: ["web-search"] } as const;
  const count = (context: RequestContext) =>
    body(twice, wish, model, context)
      .contents.flatMap((content) => content.parts)
      .filter((part) => part.toolCall !== undefined).length;
  assert.equal(count({ invocations, unmark }), 1);
  assert.equal(count({ invocations: new Map([["c1", mark("[{")]]), unmark }), 0);
});

test("contents that the client wrote itself stay as they are", () => {
  const { kept: invocations } = keptOf(parts(searching, calling("c1")));
  const extensions = { google: { contents: [{ parts: null }] } };
  const wish = { tools, hostedTools: ["web-search"], extensions } as const;
  const made = body(history, wish, model, { invocations, unmark });
  assert.deepEqual(made.contents, [{ parts: null }]);
});

test("only requests that may mix tools ask for what was kept of every call", () => {
  const request = { model, messages: [], stream: false, sampling: {} };
  const hostedTools = ["web-search"] as const;
  assert.ok(mayMixTools({ ...request, tools, hostedTools }, model));
  assert.ok(mayMixTools({ ...request, tools }, `${model}-online`));
  const google = { tools: [{ googleSearch: {} }] };
  assert.ok(mayMixTools({ ...request, tools, extensions: { google } }, model));
  assert.ok(!mayMixTools({ ...request, tools }, model));
  assert.ok(!mayMixTools({ ...request, hostedTools }, model));
  assert.ok(!mayMixTools({ ...request, tools, hostedTools }, "gemini-2.5-flash"));
});

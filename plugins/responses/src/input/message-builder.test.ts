import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { read as readRequest } from "../fixtures/seal.ts";

const codexTurn: unknown = JSON.parse(
  readFileSync(new URL("../fixtures/codex-turn.json", import.meta.url), "utf8"),
);

function text(said: string) {
  return { type: "text", text: said };
}

test("a turn of a coding agent: instructions, pictures, calls of every kind and their results", () => {
  const { request, ignored } = readRequest(codexTurn);
  assert.deepEqual(request.messages, [
    { role: "developer", content: [text("Be brief.")] },
    {
      role: "user",
      content: [
        text("<image>"),
        {
          type: "media",
          media: "image",
          source: { kind: "data", data: "iVBORw0KGgo=" },
          mimeType: "image/png",
          detail: "high",
        },
      ],
    },
    {
      role: "assistant",
      content: [
        { type: "reasoning", text: "Look first." },
        { type: "tool-call", id: "call_1", name: "exec_command", arguments: '{"cmd":"ls"}' },
        { type: "tool-call", id: "call_2", name: "multi_agent_v1__spawn_agent", arguments: "{}" },
      ],
    },
    {
      role: "tool",
      content: [
        { type: "tool-result", callId: "call_1", content: [text("a.txt")] },
        {
          type: "tool-result",
          callId: "call_2",
          content: [
            {
              type: "media",
              media: "image",
              source: { kind: "data", data: "AAAA" },
              mimeType: "image/png",
            },
          ],
        },
      ],
    },
    {
      role: "assistant",
      content: [
        {
          type: "tool-call",
          id: "call_3",
          name: "apply_patch",
          arguments: '{"input":"*** Begin Patch"}',
        },
      ],
    },
    {
      role: "tool",
      content: [{ type: "tool-result", callId: "call_3", content: [text("Done")] }],
    },
    { role: "assistant", content: [text("Done.")] },
    { role: "user", content: [text("Thanks")] },
  ]);
  assert.deepEqual(ignored, ["input.reasoning.encrypted_content", "text.verbosity"]);
  assert.deepEqual(request.hostedTools, ["web-search"]);
  assert.equal(request.cacheKey, "thread-1");
  assert.deepEqual(request.reasoning, { effort: "high", include: true });
  assert.deepEqual(
    request.tools?.map(({ name, description }) => [name, description]),
    [
      ["exec_command", "Runs a command."],
      ["multi_agent_v1__spawn_agent", "Agents.\n\nSpawns."],
      [
        "apply_patch",
        "Edits files.\n\nThe input must follow this lark grammar:\nstart: begin hunk+",
      ],
      ["tool_search", "Finds further tools by what they do, and makes them available."],
    ],
  );
});

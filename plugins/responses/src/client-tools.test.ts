import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChatEvent } from "@agproxy/core";
import { read } from "./fixtures/seal.ts";
import { assertEventOrder } from "./fixtures/event-order.ts";
import { streamed, testEncoder, wireEvents } from "./fixtures/streams.ts";

const tools = [
  { type: "local_shell" },
  { type: "shell", environment: { type: "local" } },
  { type: "apply_patch" },
  { type: "tool_search", execution: "client", description: "Finds mail tools." },
];

const reading = read({ model: "m", input: "Hi", tools });

/** The item that a call of a tool becomes. */
function item(name: string, args: string) {
  const call: ChatEvent = { type: "tool-call", choice: 0, id: "c1", name, arguments: args };
  const end: ChatEvent = { type: "finish", choice: 0, reason: "stop" };
  const { output } = assertEventOrder(wireEvents(streamed([[call, end]], testEncoder(reading))));
  const { id: _, ...rest } = (output as Record<string, unknown>[])[0] ?? {};
  return rest;
}

const made = { status: "completed", call_id: "c1" };

test("tools that a client knows by name are offered as functions", () => {
  assert.deepEqual(
    reading.request.tools?.map(({ name }) => name),
    ["local_shell", "shell", "apply_patch", "tool_search"],
  );
  assert.equal(reading.request.tools?.[3]?.description, "Finds mail tools.");
});

test("their calls are items of their own kind", () => {
  assert.deepEqual(item("local_shell", '{"command":["ls","-l"],"working_directory":"/tmp"}'), {
    type: "local_shell_call",
    ...made,
    action: {
      type: "exec",
      command: ["ls", "-l"],
      env: {},
      timeout_ms: null,
      working_directory: "/tmp",
      user: null,
    },
  });
  assert.deepEqual(item("shell", '{"commands":["ls"],"timeout_ms":1000}'), {
    type: "shell_call",
    ...made,
    action: { commands: ["ls"], timeout_ms: 1000, max_output_length: null },
    environment: null,
  });
  const operation = { type: "create_file", path: "a.txt", diff: "+hello" };
  assert.deepEqual(item("apply_patch", JSON.stringify(operation)), {
    type: "apply_patch_call",
    ...made,
    operation,
  });
  assert.deepEqual(item("tool_search", '{"query":"mail"}'), {
    type: "tool_search_call",
    ...made,
    execution: "client",
    arguments: { query: "mail" },
  });
});

test("a call that the model wrote badly still reaches the client", () => {
  const { action } = item("local_shell", "ls -l") as { action: { command: string[] } };
  assert.deepEqual(action.command, ["bash", "-lc", "ls -l"]);
  assert.deepEqual(item("shell", '{"commands":"ls"}')["action"], {
    commands: ["ls"],
    timeout_ms: null,
    max_output_length: null,
  });
  const { operation } = item("apply_patch", "[]") as { operation: { diff: string } };
  assert.equal(operation.diff, "[]");
});

test("their calls come back as the arguments they were", () => {
  const operation = { type: "delete_file", path: "a.txt" };
  const input = [
    { id: "x", ...item("apply_patch", JSON.stringify(operation)) },
    { type: "apply_patch_call_output", call_id: "c1", status: "completed", output: "deleted" },
  ];
  const { messages } = read({ model: "m", input, tools }).request;
  const args = JSON.stringify(operation);
  assert.deepEqual(messages, [
    {
      role: "assistant",
      content: [{ type: "tool-call", id: "c1", name: "apply_patch", arguments: args }],
    },
    {
      role: "tool",
      content: [
        { type: "tool-result", callId: "c1", content: [{ type: "text", text: "deleted" }] },
      ],
    },
  ]);
});

test("tools that a search found are offered, and the model is told their names", () => {
  const found = { type: "function", name: "send_mail", defer_loading: true };
  const input = [
    { type: "tool_search_call", call_id: "c1", execution: "client", arguments: { query: "mail" } },
    { type: "tool_search_output", call_id: "c1", execution: "client", tools: [found] },
  ];
  const { request: again } = read({ model: "m", input, tools });
  assert.equal(again.tools?.at(-1)?.name, "send_mail");
  const [result] = again.messages[1]?.content ?? [];
  assert.deepEqual(result, {
    type: "tool-result",
    callId: "c1",
    content: [{ type: "text", text: "Found tools: send_mail" }],
  });
});

test("a tool that runs on the vendor's side is named; a choice of a client's is honoured", () => {
  const hosted = [
    { type: "shell", environment: { type: "container_auto" } },
    { type: "tool_search" },
  ];
  const reading = read({ model: "m", input: "Hi", tools: hosted });
  assert.deepEqual(reading.ignored, ["tools.shell"]);
  assert.equal(reading.request.tools, undefined);
  const chosen = read({ model: "m", input: "Hi", tools, tool_choice: { type: "shell" } });
  assert.deepEqual(chosen.request.toolChoice, { mode: "required", names: ["shell"] });
  assert.deepEqual(chosen.ignored, []);
});

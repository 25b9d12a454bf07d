import assert from "node:assert/strict";
import { test } from "node:test";
import { read as readRequest } from "../fixtures/seal.ts";

function read(...input: readonly object[]) {
  const { request, ignored } = readRequest({ model: "m", input });
  return { messages: request.messages, ignored };
}

const call = { type: "function_call", call_id: "c1", name: "f", arguments: "{}" };
const output = { type: "function_call_output", call_id: "c1", output: "done" };
const user = { role: "user", content: "Go on" };

test("an unknown item goes to the model as it is written, and is named", () => {
  const item = { type: "hologram", beams: [1] };
  assert.deepEqual(read(item), {
    messages: [{ role: "user", content: [{ type: "text", text: JSON.stringify(item) }] }],
    ignored: ["input.hologram"],
  });
  assert.deepEqual(read({}).ignored, ["input[0]"]);
});

test("an unknown item never stands between a call and its result", () => {
  const { messages } = read(call, { type: "hologram" }, output, user);
  assert.deepEqual(
    messages.map(({ role }) => role),
    ["assistant", "tool", "user", "user"],
  );
});

test("a turn whose items are interrupted by an unknown one stays one message", () => {
  const said = { role: "assistant", content: "Look:" };
  const { messages } = read(said, { type: "hologram" }, call, output);
  assert.deepEqual(
    messages.map(({ role, content }) => [role, content.length]),
    [
      ["assistant", 2],
      ["tool", 1],
      ["user", 1],
    ],
  );
});

test("traces of another vendor's side are left out and named", () => {
  const { messages, ignored } = read(
    { type: "mcp_list_tools", id: "mcpl_1", server_label: "x", tools: [] },
    { type: "item_reference", id: "msg_1" },
    { type: "compaction", encrypted_content: "gAAAA" },
    user,
  );
  assert.equal(messages.length, 1);
  assert.deepEqual(ignored, ["input.mcp_list_tools", "input.item_reference", "input.compaction"]);
});

test("a search of an earlier turn is neither carried nor named, whatever is in it", () => {
  const said = { role: "assistant", content: "Found it." };
  const action = { type: "search", query: "q", queries: ["q"] };
  const { messages, ignored } = read(
    user,
    { type: "web_search_call", id: "ws_1", status: "completed", action },
    said,
    { type: "web_search_call", id: null, status: 5, action: {} },
    said,
    { type: "web_search_call" },
  );
  assert.deepEqual(
    messages.map(({ role, content }) => [role, content.length]),
    [
      ["user", 1],
      ["assistant", 2],
    ],
  );
  assert.deepEqual(ignored, []);
});

test("calls of built-in tools are calls, with their own arguments", () => {
  const { messages, ignored } = read(
    {
      type: "local_shell_call",
      call_id: "c1",
      id: "x",
      status: "completed",
      action: { type: "exec", command: ["ls"] },
    },
    { type: "local_shell_call_output", call_id: "c1", output: '{"out":"a"}' },
    { type: "shell_call", call_id: "c2", action: { commands: ["ls"] } },
    { type: "shell_call_output", call_id: "c2", output: [{ stdout: "a", stderr: "" }] },
    {
      type: "computer_call_output",
      call_id: "c3",
      output: { type: "computer_screenshot", image_url: "https://x.test/a.png" },
    },
  );
  assert.deepEqual(messages[0]?.content, [
    {
      type: "tool-call",
      id: "c1",
      name: "local_shell",
      arguments: '{"type":"exec","command":["ls"]}',
    },
  ]);
  assert.deepEqual(messages[3]?.content, [
    {
      type: "tool-result",
      callId: "c2",
      content: [{ type: "text", text: '{"stdout":"a","stderr":""}' }],
    },
    {
      type: "tool-result",
      callId: "c3",
      content: [
        { type: "media", media: "image", source: { kind: "url", url: "https://x.test/a.png" } },
      ],
    },
  ]);
  assert.deepEqual(ignored, []);
});

test("pictures and code of earlier turns", () => {
  const { messages } = read(
    { type: "image_generation_call", id: "ig_1", status: "completed", result: "iVBORw0KGgo=" },
    {
      type: "code_interpreter_call",
      id: "ci_1",
      status: "failed",
      code: "1/0",
      outputs: [{ type: "logs", logs: "oops" }],
    },
  );
  assert.deepEqual(messages, [
    {
      role: "assistant",
      content: [
        {
          type: "media",
          media: "image",
          source: { kind: "data", data: "iVBORw0KGgo=" },
          mimeType: "image/png",
        },
        { type: "code", language: "python", code: "1/0" },
        { type: "code-result", outcome: "failed", output: "oops" },
      ],
    },
  ]);
});

test("tools that come as an item are tools", () => {
  const tools = [
    { type: "namespace", name: "functions", tools: [{ type: "custom", name: "exec" }] },
  ];
  const { request, names } = readRequest({
    model: "m",
    input: [{ type: "additional_tools", role: "developer", tools }, user],
  });
  assert.deepEqual(
    request.tools?.map(({ name }) => name),
    ["functions__exec"],
  );
  assert.deepEqual(names.origin("functions__exec"), {
    kind: "custom",
    name: "exec",
    namespace: "functions",
  });
  assert.equal(request.messages.length, 1);
});

test("ids and names that vendors refuse become legal ones, the same in a call and its result", () => {
  const id = `call|${"x".repeat(900)}`;
  const { messages } = read({ ...call, call_id: id }, { ...output, call_id: id });
  const [asked, given] = messages.map(({ content }) => content[0]);
  assert.ok(asked?.type === "tool-call" && given?.type === "tool-result");
  assert.match(asked.id, /^[A-Za-z0-9_-]{1,64}$/);
  assert.equal(given.callId, asked.id);
});

test("files, sounds and refusals", () => {
  const { messages } = read({
    role: "user",
    content: [
      { type: "input_file", filename: "a.pdf", file_data: "data:application/pdf;base64,QUJD" },
      { type: "input_file", file_url: "https://x.test/a.pdf" },
      { type: "input_file", file_id: "files/1" },
      { type: "input_audio", input_audio: { data: "QUJD", format: "mp3" } },
      { type: "refusal", refusal: "No." },
      { type: "input_video", url: "x" },
    ],
  });
  assert.deepEqual(messages[0]?.content, [
    {
      type: "media",
      media: "file",
      source: { kind: "data", data: "QUJD" },
      mimeType: "application/pdf",
      filename: "a.pdf",
    },
    { type: "media", media: "file", source: { kind: "url", url: "https://x.test/a.pdf" } },
    { type: "media", media: "file", source: { kind: "file", id: "files/1" } },
    {
      type: "media",
      media: "audio",
      source: { kind: "data", data: "QUJD" },
      mimeType: "audio/mp3",
    },
    { type: "refusal", text: "No." },
    { type: "text", text: '{"type":"input_video","url":"x"}' },
  ]);
});

/** A request such as an agent sends after hours: a history of calls of a tool and what they returned. */

const lines = 100;

/** About so many bytes of JSON, for `/v1/chat/completions`. */
export function longRequest(bytes: number): string {
  const turns = Math.ceil(bytes / JSON.stringify(turn(0)).length);
  const parameters = { type: "object", properties: { path: { type: "string" } } };
  return JSON.stringify({
    model: "gpt-4o",
    messages: [
      { role: "user", content: "Read every file and tell what is wrong." },
      ...Array.from({ length: turns }, (_, index) => turn(index)).flat(),
      { role: "user", content: "Go on." },
    ],
    tools: [{ type: "function", function: { name: "read_file", parameters } }],
  });
}

function turn(index: number): readonly unknown[] {
  const id = `call_${index}`;
  const call = { name: "read_file", arguments: JSON.stringify({ path: `src/part-${index}.ts` }) };
  return [
    { role: "assistant", content: null, tool_calls: [{ id, type: "function", function: call }] },
    { role: "tool", tool_call_id: id, content: fileText(index) },
  ];
}

function fileText(index: number): string {
  const line = (at: number) =>
    `  const value${at} = read("part ${index}", ${at}); // – see above\n`;
  return Array.from({ length: lines }, (_, at) => line(at)).join("");
}

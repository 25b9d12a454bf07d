import type { JsonObject, Tool } from "@agproxy/core";

/** Tools of OpenAI's API that the client runs. OpenAI's models know them without a declaration; other models do not. */
export type ClientToolKind = "apply_patch" | "local_shell" | "shell" | "tool_search";

const text = (description: string): JsonObject => ({ type: "string", description });
const texts = (description: string): JsonObject => ({
  type: "array",
  items: { type: "string" },
  description,
});
const milliseconds: JsonObject = { type: "integer", description: "Time limit in milliseconds." };

function fields(properties: JsonObject, ...required: readonly string[]): JsonObject {
  return { type: "object", properties, required };
}

/**
 * Each tool as a function. Its arguments are named like the fields of the call's item: the model finds its call in the
 * history as it wrote it.
 * Source: https://platform.openai.com/docs/api-reference/responses/object, `output`
 */
const declarations: Readonly<Record<ClientToolKind, Tool>> = {
  local_shell: {
    name: "local_shell",
    description: "Runs a command on the user's machine and returns its output.",
    parameters: fields(
      {
        command: texts("The program and its arguments."),
        working_directory: text("The directory to run it in."),
        timeout_ms: milliseconds,
        env: { type: "object", description: "Environment variables to set.", properties: {} },
      },
      "command",
    ),
  },
  shell: {
    name: "shell",
    description: "Runs shell commands on the user's machine and returns the output of each.",
    parameters: fields(
      {
        commands: texts("The command lines, each run by itself."),
        timeout_ms: milliseconds,
        max_output_length: {
          type: "integer",
          description: "Largest number of characters to return from each command.",
        },
      },
      "commands",
    ),
  },
  apply_patch: {
    name: "apply_patch",
    description: "Creates, changes or deletes a file.",
    parameters: fields(
      {
        type: { type: "string", enum: ["create_file", "update_file", "delete_file"] },
        path: text("The file's path."),
        diff: text(
          'The change, for create_file and update_file: sections that begin with a line "@@", with lines that begin with " " (kept), "-" (removed) or "+" (added). A new file has only "+" lines.',
        ),
      },
      "type",
      "path",
    ),
  },
  tool_search: {
    name: "tool_search",
    description: "Finds further tools by what they do, and makes them available.",
    parameters: fields({ query: text("What the tool should do.") }, "query"),
  },
};

const kinds: ReadonlySet<string> = new Set(Object.keys(declarations));

export function isClientTool(kind: string): kind is ClientToolKind {
  return kinds.has(kind);
}

/** The function that stands for a tool; what the client declares goes before the built-in declaration. */
export function clientTool(kind: ClientToolKind, own: Partial<Tool>): Tool {
  return { ...declarations[kind], ...own };
}

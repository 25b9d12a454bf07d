import { defined, type Fields, type JsonObject, type Tool } from "@agproxy/core";

/*
 * Tools that Anthropic's models know without a declaration and that the client runs. Other models get them as functions,
 * with the parameters that Anthropic documents.
 */

const text = (description: string): JsonObject => ({ type: "string", description });
const integer = (description: string): JsonObject => ({ type: "integer", description });
const integers = (description: string, count: number): JsonObject => ({
  type: "array",
  items: { type: "integer" },
  minItems: count,
  maxItems: count,
  description,
});
const oneOf = (...words: readonly string[]): JsonObject => ({ type: "string", enum: words });

function parameters(properties: JsonObject, ...required: readonly string[]): JsonObject {
  return { type: "object", properties, required };
}

/** Source: https://docs.claude.com/en/docs/agents-and-tools/tool-use/bash-tool */
const bash: Tool = {
  name: "bash",
  description:
    "Runs a command in a bash session on the user's machine. The session keeps its state from one call to the next.",
  parameters: parameters({
    command: text("The command to run. Required unless the session is restarted."),
    restart: { type: "boolean", description: "Whether to restart the session." },
  }),
};

const viewRange = integers("For view: the first and last line, from 1; -1 is the end.", 2);
const edits = {
  file_text: text("For create: the content of the file."),
  old_str: text("For str_replace: the text to replace. It must occur exactly once."),
  new_str: text("For str_replace: the text in its place; nothing where it is left out."),
  insert_line: integer("For insert: the line after which to insert; 0 is the beginning."),
  insert_text: text("For insert: the text to insert."),
  view_range: viewRange,
};

/**
 * Undoing went with the version of April 2025, and until then `new_str` was what is inserted.
 * Source: https://docs.claude.com/en/docs/agents-and-tools/tool-use/text-editor-tool
 */
function textEditor(version: string): Tool {
  const isOld = version < "20250429";
  const commands = ["view", "create", "str_replace", "insert", ...(isOld ? ["undo_edit"] : [])];
  const { insert_text, ...older } = edits;
  const fields = isOld
    ? { ...older, new_str: text("For str_replace and insert: the new text.") }
    : { ...older, insert_text };
  return {
    name: isOld ? "str_replace_editor" : "str_replace_based_edit_tool",
    description:
      "Views, creates and edits files on the user's machine. view shows a file with line numbers, or lists a directory.",
    parameters: parameters(
      { command: oneOf(...commands), path: text("The path of the file or directory."), ...fields },
      "command",
      "path",
    ),
  };
}

/** Source: https://docs.claude.com/en/docs/agents-and-tools/tool-use/memory-tool */
const memory: Tool = {
  name: "memory",
  description:
    "Keeps files under /memories from one conversation to the next. View the directory before anything else.",
  parameters: parameters(
    {
      command: oneOf("view", "create", "str_replace", "insert", "delete", "rename"),
      path: text("The path, under /memories."),
      ...edits,
      old_path: text("For rename: the path as it is."),
      new_path: text("For rename: the path as it is to be."),
    },
    "command",
  ),
};

const split = (list: string): readonly string[] => list.trim().split(/\s+/);

const actions = split(`
  key type mouse_move left_click left_click_drag right_click middle_click double_click screenshot cursor_position
`);
/** Since the version of January 2025. */
const laterActions = split("left_mouse_down left_mouse_up scroll hold_key wait triple_click");

/** Source: https://docs.claude.com/en/docs/agents-and-tools/tool-use/computer-use-tool */
function computer(version: string, tool: Fields): Tool {
  const [width, height] = [tool.integer("display_width_px"), tool.integer("display_height_px")];
  const isNew = version >= "20250124";
  const zooms = tool.boolean("enable_zoom") === true;
  const all = [...actions, ...(isNew ? laterActions : [])];
  const size =
    width === undefined || height === undefined ? "" : ` It is ${width}×${height} pixels.`;
  return {
    name: "computer",
    description: `Uses the screen, the mouse and the keyboard of a computer. Take a screenshot to see the screen.${size}`,
    parameters: parameters(
      {
        action: oneOf(...all, ...(zooms ? ["zoom"] : [])),
        coordinate: integers("Where, as x and y in pixels from the top left.", 2),
        start_coordinate: integers("For left_click_drag: where it begins.", 2),
        text: text("For type: the text. For key and hold_key: the keys, such as ctrl+s."),
        ...(isNew
          ? {
              scroll_direction: oneOf("up", "down", "left", "right"),
              scroll_amount: integer("For scroll: how many clicks of the wheel."),
              duration: { type: "number", description: "For hold_key and wait: seconds." },
            }
          : {}),
        ...(zooms ? { region: integers("For zoom: x and y of two corners.", 4) } : {}),
      },
      "action",
    ),
  };
}

/** The function that stands for such a tool; undefined for a kind that is none. */
export function clientTool(kind: string, version: string, tool: Fields): Tool | undefined {
  const known = knownTool(kind, version, tool);
  if (known === undefined) return undefined;
  return { ...known, ...defined({ strict: tool.boolean("strict") }) };
}

function knownTool(kind: string, version: string, tool: Fields): Tool | undefined {
  switch (kind) {
    case "bash":
      return bash;
    case "text_editor":
      return textEditor(version);
    case "memory":
      return memory;
    case "computer":
      return computer(version, tool);
    default:
      return undefined;
  }
}

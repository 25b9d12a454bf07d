/**
 * What the clients of `agproxy init --client` send for "say hello" at first, recorded in November 2026: the shape is theirs, the
 * words of instructions and tools are shortened. Their own texts stand in system prompts, and also in the user's words.
 */

/** One request of a client. */
export interface FirstRequest {
  readonly path:
    | "/v1/chat/completions"
    | "/v1/messages"
    | "/v1/responses"
    | `/${"v1" | "v1beta"}/models/${string}:streamGenerateContent?alt=sse`;
  readonly body: object;
}

const text = { type: "string" } as const;

function schema(...names: readonly string[]) {
  const properties = Object.fromEntries(names.map((name) => [name, text]));
  return { type: "object", properties, required: names, additionalProperties: false };
}

/** Name, description, and the names of its parameters. */
type Tool = readonly [name: string, description: string, ...parameters: readonly string[]];

const flat = ([name, description, ...parameters]: Tool) => ({
  type: "function",
  name,
  description,
  strict: false,
  parameters: schema(...parameters),
});

function nested(tool: Tool) {
  const { type, ...declaration } = flat(tool);
  return { type, function: declaration };
}

function chat(system: string, content: unknown, tools: readonly Tool[]): FirstRequest {
  const messages = [
    { role: "system", content: system },
    { role: "user", content },
  ];
  const body = { model: "gpt-5.5", messages, stream: true, tool_choice: "auto" };
  return {
    path: "/v1/chat/completions",
    body:
      tools.length === 0 ? { ...body, tool_choice: null } : { ...body, tools: tools.map(nested) },
  };
}

const said = (role: string, words: string) => ({
  type: "message",
  role,
  content: [{ type: "input_text", text: words }],
});

const codex: FirstRequest = {
  path: "/v1/responses",
  body: {
    model: "gpt-5.5",
    stream: true,
    store: false,
    tool_choice: "auto",
    parallel_tool_calls: true,
    reasoning: { summary: "auto" },
    include: ["reasoning.encrypted_content"],
    prompt_cache_key: "thread-1",
    input: [
      said("developer", "You share one workspace. Call `exec_command` to look at an image file."),
      said("developer", "<skills_instructions>\nRead a skill's file.\n</skills_instructions>"),
      said(
        "user",
        "# AGENTS.md instructions for /home/you/project\n\n<INSTRUCTIONS>\nUse get_goal before a command runs in the shell.\n</INSTRUCTIONS>",
      ),
      said(
        "user",
        `<environment_context>
  <cwd>/home/you/project</cwd>
  <shell>bash</shell>
  <current_date>2026-11-27</current_date>
  <filesystem><workspace_roots><root>/home/you/project</root></workspace_roots><permission_profile type="managed"><file_system type="restricted"><entry access="read"><special>:root</special></entry></file_system></permission_profile></filesystem>
</environment_context>`,
      ),
      said("user", "say hello"),
    ],
    tools: [
      flat(["exec_command", "Runs a command in a PTY, returning output or a session ID.", "cmd"]),
      {
        type: "custom",
        name: "apply_patch",
        description: "Edits files.",
        format: { type: "grammar", syntax: "lark", definition: 'start: "*** Begin Patch"' },
      },
      flat(["view_image", "View a local image file from the filesystem when needed.", "path"]),
      flat(["get_goal", "Get the current goal for this thread."]),
      { type: "tool_search", execution: "client" },
      { type: "web_search" },
    ],
  },
};

const reminder = (words: string) => ({
  type: "text",
  text: `<system-reminder>\n${words}\n</system-reminder>`,
});

const agentTools: readonly Tool[] = [
  ["read_file", "Reads the content of a file in the working directory.", "file_path"],
  ["list_agents", "List the agents in the current session.", "session"],
  ["get_goal", "Read the current Goal: its objective and status."],
  ["tool_search", "Reviews declarations of deferred tools.", "query"],
  ["bash", "Executes a command in a shell.", "command"],
];

const claudeCode: FirstRequest = {
  path: "/v1/messages",
  body: {
    model: "claude-opus-5-5",
    max_tokens: 128_000,
    stream: true,
    thinking: { type: "adaptive", display: "omitted" },
    output_config: { effort: "medium" },
    context_management: { edits: [{ type: "clear_thinking_20251015", keep: "all" }] },
    metadata: { user_id: '{"device_id":"0","account_uuid":"","session_id":"0"}' },
    system: [
      {
        type: "text",
        text: "x-anthropic-billing-header: cc_version=2.1.332; cc_entrypoint=sdk-cli;",
      },
      {
        type: "text",
        text: "You are an agent. Call the tool Bash.",
        cache_control: { type: "ephemeral" },
      },
    ],
    messages: [
      {
        role: "user",
        content: [
          {
            type: "text",
            text: "<system-reminder>\nCurrent branch: main\nUse tools to read files.\n</system-reminder>",
          },
          { type: "text", text: "say hello" },
        ],
      },
      {
        role: "system",
        content: [{ type: "text", text: "# Environment\nYou may call Agent, or `ToolSearch`." }],
      },
    ],
    tools: agentTools
      .map(([name, description, ...parameters]) => ({
        name,
        description,
        input_schema: schema(...parameters),
      }))
      .concat([
        { name: "Agent", description: "Starts an agent.", input_schema: schema("prompt") },
        { name: "ToolSearch", description: "Finds tools.", input_schema: schema("query") },
      ]),
  },
};

const geminiCli: FirstRequest = {
  path: "/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse",
  body: {
    contents: [
      {
        parts: [
          {
            text: "<session_context>\nThis is the Gemini CLI. My operating system is linux.\n- **Workspace Directories:**\n  - /home/you/project\n</session_context>",
          },
          { text: "say hello" },
        ],
        role: "user",
      },
    ],
    systemInstruction: {
      parts: [{ text: "You are an agent. Use `list_directory` to look around." }],
      role: "user",
    },
    tools: [
      {
        functionDeclarations: agentTools.map(([name, description, ...parameters]) => ({
          name,
          description,
          parametersJsonSchema: schema(...parameters),
        })),
      },
    ],
    generationConfig: {
      temperature: 1,
      topP: 0.95,
      topK: 64,
      thinkingConfig: { includeThoughts: true, thinkingBudget: 8192 },
    },
  },
};

export const firstRequests: Readonly<Record<string, FirstRequest>> = {
  "claude-code": claudeCode,
  "gemini-cli": geminiCli,
  "google-genai": {
    path: "/v1/models/gemini-2.5-flash:streamGenerateContent?alt=sse",
    body: { contents: [{ parts: [{ text: "Say hello" }], role: "user" }] },
  },
  "anthropic-sdk": {
    path: "/v1/messages",
    body: {
      model: "claude-sonnet-5-5",
      max_tokens: 1000,
      stream: true,
      messages: [{ role: "user", content: "Say hello" }],
    },
  },
  codex,
  opencode: chat("You share a workspace. Use `bash` for commands.", '"say hello"', agentTools),
  kilo: chat(
    "You share a workspace.",
    [
      { type: "text", text: '"say hello"' },
      {
        type: "text",
        text: "\n\n<environment_details>\nWorking directory: /home/you/project\nCurrent session file: read it with the shell\n</environment_details>",
      },
    ],
    agentTools,
  ),
  continue: {
    path: "/v1/responses",
    body: {
      model: "gpt-5.5",
      stream: true,
      parallel_tool_calls: false,
      input: [
        said("developer", 'Use the tools to answer. <context name="directory">src</context>'),
        said("user", "say hello"),
      ],
      tools: [
        flat(["Read", "Read the contents of a file at the specified path", "filepath"]),
        flat(["Bash", "Executes a terminal command and returns the output", "command"]),
        flat(["Exit", "Exit the current process with status code 1", "reason"]),
      ],
    },
  },
  cline: chat("You are an agent. Call `read_file` first.", "say hello", agentTools),
  qwen: chat(
    "You are an agent. Read a file before you edit it.",
    [
      reminder("Available skills: <skill><name>batch</name>Run a shell command on files.</skill>"),
      reminder("I'm in the working directory /home/you/project. Here is its content."),
      reminder("More tools are reachable through `tool_search`: get_goal, list_agents."),
      { type: "text", text: "say hello" },
    ],
    agentTools,
  ),
  "ai-sdk": chat("Be brief.", "say hello", []),
  langchain: chat("Be brief.", "say hello", []),
};

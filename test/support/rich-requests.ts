/** Good requests that use much of what each chat route takes, by path. */
const image = "data:image/png;base64,aGk=";
const schema = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
const weather = { name: "weather", description: "The weather.", parameters: schema, strict: true };

const settings = {
  model: "any",
  stream: false,
  temperature: 0.5,
  top_p: 0.9,
  parallel_tool_calls: true,
  user: "me",
  prompt_cache_key: "key",
  metadata: { a: "b" },
  store: false,
};

const chat = {
  ...settings,
  messages: [
    { role: "system", content: "Be brief." },
    {
      role: "user",
      name: "me",
      content: [
        { type: "text", text: "Look." },
        { type: "image_url", image_url: { url: image, detail: "low" } },
        { type: "input_audio", input_audio: { data: "aGk=", format: "wav" } },
        { type: "file", file: { file_data: image, filename: "a.png" } },
      ],
    },
    {
      role: "assistant",
      content: null,
      reasoning_content: "hm",
      tool_calls: [
        {
          id: "call_1",
          type: "function",
          function: { name: "weather", arguments: '{"city":"Paris"}' },
          extra_content: { google: { thought_signature: "c2ln" } },
        },
        { id: "call_2", type: "custom", custom: { name: "patch", input: "x" } },
      ],
    },
    { role: "tool", tool_call_id: "call_1", content: [{ type: "text", text: "Rain" }] },
    { role: "tool", tool_call_id: "call_2", content: "done" },
  ],
  stream_options: { include_usage: true },
  tools: [
    { type: "function", function: weather },
    { type: "custom", custom: { name: "patch", format: { type: "text" } } },
    { type: "web_search" },
  ],
  tool_choice: { type: "function", function: { name: "weather" } },
  response_format: { type: "json_schema", json_schema: { name: "n", schema, strict: true } },
  reasoning_effort: "low",
  web_search_options: { search_context_size: "low" },
  stop: ["END"],
  n: 1,
  seed: 7,
  max_completion_tokens: 100,
  modalities: ["text"],
  extra_body: { google: { thinking_config: { include_thoughts: true } } },
};

const completion = {
  model: "any",
  stream: false,
  prompt: ["Once"],
  echo: true,
  suffix: "end",
  stop: ["END"],
  n: 1,
  seed: 7,
  max_tokens: 10,
  temperature: 1,
  stream_options: { include_usage: true },
};

const response = {
  ...settings,
  instructions: "Be brief.",
  input: [
    {
      type: "message",
      id: "msg_1",
      role: "user",
      content: [
        { type: "input_text", text: "Look." },
        { type: "input_image", image_url: image, detail: "high" },
        { type: "input_file", filename: "a.png", file_data: image },
      ],
    },
    { type: "reasoning", id: "rs_1", summary: [{ type: "summary_text", text: "hm" }] },
    {
      type: "message",
      role: "assistant",
      status: "completed",
      content: [{ type: "output_text", text: "I see.", annotations: [] }],
    },
    { type: "function_call", call_id: "call_1", name: "weather", arguments: '{"city":"Paris"}' },
    { type: "function_call_output", call_id: "call_1", output: "Rain" },
    { type: "custom_tool_call", call_id: "call_2", name: "patch", input: "x" },
    {
      type: "custom_tool_call_output",
      call_id: "call_2",
      output: [{ type: "input_text", text: "ok" }],
    },
    { role: "user", content: "Go on." },
  ],
  tools: [
    { type: "function", ...weather },
    { type: "custom", name: "patch", format: { type: "text" } },
    { type: "namespace", name: "more", tools: [{ type: "function", ...weather }] },
    { type: "web_search" },
  ],
  tool_choice: { type: "function", name: "weather" },
  text: { format: { type: "json_schema", name: "n", schema, strict: true }, verbosity: "low" },
  reasoning: { effort: "low", summary: "auto" },
  include: ["reasoning.encrypted_content"],
  max_output_tokens: 100,
  truncation: "auto",
  service_tier: "auto",
};

export const richRequests: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "/v1/chat/completions": chat,
  "/v1/completions": completion,
  "/v1/responses": response,
};

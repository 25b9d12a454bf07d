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

const message = {
  model: "any",
  stream: false,
  max_tokens: 4000,
  system: [{ type: "text", text: "Be brief.", cache_control: { type: "ephemeral" } }],
  messages: [
    {
      role: "user",
      content: [
        { type: "text", text: "Look." },
        { type: "image", source: { type: "base64", media_type: "image/png", data: "aGk=" } },
        {
          type: "document",
          title: "A page",
          context: "Of a book.",
          source: { type: "base64", media_type: "application/pdf", data: "JVBERi0=" },
          citations: { enabled: true },
        },
        { type: "document", source: { type: "text", media_type: "text/plain", data: "Hi." } },
        {
          type: "document",
          source: { type: "content", content: [{ type: "text", text: "Ho." }] },
        },
        {
          type: "search_result",
          source: "https://a.example/x",
          title: "X",
          content: [{ type: "text", text: "Found." }],
        },
      ],
    },
    {
      role: "assistant",
      content: [
        { type: "thinking", thinking: "hm", signature: "c2ln" },
        { type: "redacted_thinking", data: "c2ln" },
        { type: "text", text: "I see." },
        { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "q" } },
        {
          type: "web_search_tool_result",
          tool_use_id: "srvtoolu_1",
          content: [{ type: "web_search_result", url: "https://a.example/x", title: "X" }],
        },
        { type: "server_tool_use", id: "srvtoolu_2", name: "code_execution", input: { code: "1" } },
        {
          type: "code_execution_tool_result",
          tool_use_id: "srvtoolu_2",
          content: { type: "code_execution_result", stdout: "1", stderr: "", return_code: 0 },
        },
        { type: "tool_use", id: "toolu_1", name: "weather", input: { city: "Paris" } },
        { type: "tool_use", id: "toolu_2", name: "bash", input: { command: "ls" } },
      ],
    },
    {
      role: "user",
      content: [
        {
          type: "tool_result",
          tool_use_id: "toolu_1",
          content: [
            { type: "text", text: "Rain" },
            { type: "image", source: { type: "url", url: "https://a.example/x.png" } },
            { type: "tool_reference", tool_name: "weather" },
          ],
        },
        { type: "tool_result", tool_use_id: "toolu_2", content: "no", is_error: true },
        { type: "text", text: "Go on." },
      ],
    },
    { role: "system", content: "Be kind." },
  ],
  tools: [
    {
      name: "weather",
      description: "The weather.",
      input_schema: schema,
      input_examples: [{ city: "Paris" }],
      strict: true,
      defer_loading: true,
    },
    { type: "bash_20250124", name: "bash" },
    { type: "text_editor_20250728", name: "str_replace_based_edit_tool", max_characters: 10 },
    { type: "memory_20250818", name: "memory" },
    { type: "computer_20251124", name: "computer", display_width_px: 800, display_height_px: 600 },
    { type: "web_search_20250305", name: "web_search", max_uses: 3 },
    { type: "web_fetch_20250910", name: "web_fetch" },
    { type: "code_execution_20250825", name: "code_execution" },
    { type: "tool_search_tool_bm25_20251119", name: "tool_search_tool_bm25" },
  ],
  tool_choice: { type: "tool", name: "weather", disable_parallel_tool_use: true },
  thinking: { type: "enabled", budget_tokens: 2000, display: "summarized" },
  output_config: { effort: "low", format: { type: "json_schema", schema } },
  stop_sequences: ["END"],
  temperature: 0.5,
  top_k: 20,
  top_p: 0.9,
  metadata: { user_id: "me" },
  service_tier: "auto",
  context_management: { edits: [{ type: "clear_tool_uses_20250919" }] },
  container: "container_1",
};

const content = {
  systemInstruction: { parts: [{ text: "Be brief." }] },
  contents: [
    {
      role: "user",
      parts: [
        { text: "Look." },
        { inlineData: { mimeType: "image/png", data: "aGk=" }, mediaResolution: { level: "LOW" } },
        {
          fileData: { mimeType: "video/mp4", fileUri: "https://a.example/x.mp4" },
          videoMetadata: { startOffset: "1s", fps: 0.5 },
        },
        { file_data: { file_uri: "files/abc" } },
      ],
    },
    {
      role: "model",
      parts: [
        { text: "hm", thought: true },
        { text: "I see.", thoughtSignature: "c2ln" },
        { functionCall: { id: "call_1", name: "weather", args: { city: "Paris" } } },
        { functionCall: { name: "weather", args: {} }, thoughtSignature: "c2ln" },
        { toolCall: { toolType: "GOOGLE_SEARCH_WEB", args: {} } },
        { executableCode: { language: "PYTHON", code: "print(1)" } },
        { codeExecutionResult: { outcome: "OUTCOME_OK", output: "1\n" } },
      ],
    },
    {
      role: "user",
      parts: [
        { functionResponse: { id: "call_1", name: "weather", response: { output: "Rain" } } },
        { functionResponse: { name: "weather", response: { error: "no city" }, parts: [] } },
      ],
    },
    { role: "function", parts: [{ function_response: { name: "x", response: { a: [1] } } }] },
    { parts: [{ text: "Go on." }] },
  ],
  tools: [
    {
      functionDeclarations: [
        {
          name: "weather",
          description: "The weather.",
          parameters: {
            type: "OBJECT",
            properties: { city: { type: "STRING", nullable: true, maxLength: "9" } },
            required: ["city"],
            propertyOrdering: ["city"],
          },
        },
        { name: "patch", parametersJsonSchema: schema, behavior: "BLOCKING" },
      ],
    },
    { googleSearch: {}, codeExecution: {} },
    { url_context: {} },
    { googleMaps: { enableWidget: true } },
  ],
  toolConfig: {
    functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["weather"] },
    retrievalConfig: { languageCode: "en" },
  },
  safetySettings: [{ category: "HARM_CATEGORY_HARASSMENT", threshold: "BLOCK_NONE" }],
  generationConfig: {
    candidateCount: 1,
    temperature: 0.5,
    topP: 0.9,
    topK: 20,
    seed: 7,
    maxOutputTokens: 100,
    stopSequences: ["END"],
    presencePenalty: 0.1,
    frequencyPenalty: 0.1,
    responseLogprobs: true,
    logprobs: 2,
    responseMimeType: "application/json",
    responseSchema: { type: "OBJECT", properties: { city: { anyOf: [{ type: "STRING" }] } } },
    responseModalities: ["TEXT"],
    thinkingConfig: { thinkingBudget: 1024, includeThoughts: true },
    speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: "Kore" } } },
    imageConfig: { aspectRatio: "1:1", imageSize: "1K" },
    mediaResolution: "MEDIA_RESOLUTION_LOW",
  },
  cachedContent: "cachedContents/abc",
  labels: { a: "b" },
};

export const richRequests: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "/v1/chat/completions": chat,
  "/v1/completions": completion,
  "/v1/responses": response,
  "/v1/messages": message,
  "/v1beta/models/any:generateContent": content,
};

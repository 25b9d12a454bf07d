/**
 * Every request field of OpenAI's, Anthropic's and Google's APIs that a route of agproxy may get, with a value that asks for something. The test
 * sends each of them and sees what becomes of it; `docs/coverage.md` is written from that.
 */
import type { Body, CoveredRoute } from "./covered-route.ts";
import { googleRoutes } from "./google-fields.ts";

const user = (content: unknown) => ({ role: "user", content });
const weather = {
  name: "get_weather",
  description: "Tells the weather of a city.",
  parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};
const tools = [{ type: "function", function: weather }];
const pixel =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABpfZFQAAAAABJRU5ErkJggg==";
const picture = `data:image/png;base64,${pixel}`;
const model = "gemini-2.5-flash";
/** One that tells probabilities and takes penalties. */
const older = "gemini-2.0-flash";
const call = {
  role: "assistant",
  content: null,
  tool_calls: [{ id: "c1", type: "function", function: { name: "get_weather", arguments: "{}" } }],
};
const result = { role: "tool", tool_call_id: "c1", content: "sunny" };

const said = (...messages: readonly object[]): Body => ({ messages });
const part = (content: object) => said(user([content]));

/** Fields inside messages. */
const messageFields = {
  "messages[].role": [
    said(user("Be brief."), user("Hi")),
    said({ role: "system", content: "Be brief." }, user("Hi")),
  ],
  "messages[].name": [said(user("Hi")), said({ ...user("Hi"), name: "ann" })],
  "messages[].content": [said(user("Hi")), said(user("Hello"))],
  "messages[].content[].text": [
    part({ type: "text", text: "Hi" }),
    part({ type: "text", text: "Hello" }),
  ],
  "messages[].content[].image_url": [
    said(user("Hi")),
    part({ type: "image_url", image_url: { url: picture } }),
  ],
  "messages[].content[].image_url.detail": [
    part({ type: "image_url", image_url: { url: picture } }),
    part({ type: "image_url", image_url: { url: picture, detail: "low" } }),
  ],
  "messages[].content[].input_audio": [
    said(user("Hi")),
    part({ type: "input_audio", input_audio: { data: "AAAA", format: "wav" } }),
  ],
  "messages[].content[].file": [
    said(user("Hi")),
    part({
      type: "file",
      file: { filename: "a.pdf", file_data: "data:application/pdf;base64,JVBERi0=" },
    }),
  ],
  "messages[].refusal": [
    said(user("Hi"), { role: "assistant", content: "Well." }, user("Please")),
    said(user("Hi"), { role: "assistant", content: "Well.", refusal: "No." }, user("Please")),
  ],
  "messages[].audio": [
    said(user("Hi"), { role: "assistant", content: "Hello" }, user("Again")),
    said(
      user("Hi"),
      { role: "assistant", content: "Hello", audio: { id: "audio_1" } },
      user("Again"),
    ),
  ],
  "messages[].tool_calls": [said(user("Hi"), user("sunny")), said(user("Hi"), call, result)],
  "messages[].function_call": [
    said(user("Hi"), user("sunny")),
    said(
      user("Hi"),
      { role: "assistant", content: null, function_call: { name: "get_weather", arguments: "{}" } },
      { role: "function", name: "get_weather", content: "sunny" },
    ),
  ],
  "messages[].tool_call_id": [
    said(user("Hi"), call, result),
    said(user("Hi"), call, { ...result, tool_call_id: "unknown" }),
  ],
} satisfies CoveredRoute["fields"];

const shared = {
  temperature: { temperature: 0.5 },
  top_p: { top_p: 0.5 },
  metadata: { metadata: { a: "b" } },
  user: { user: "u-1" },
  safety_identifier: { safety_identifier: "s-1" },
  prompt_cache_key: { prompt_cache_key: "k-1" },
  prompt_cache_retention: { prompt_cache_retention: "24h" },
  prompt_cache_options: { prompt_cache_options: { mode: "explicit", ttl: "30m" } },
  service_tier: { service_tier: "flex" },
  stream: { stream: true },
} satisfies CoveredRoute["fields"];

const toPlugins = "Plugins and the log get it; no Gemini model has a field for it.";
const unseen = {
  user: toPlugins,
  safety_identifier: toPlugins,
  prompt_cache_key: "Keeps a conversation on one account, where the rotation plugin is loaded.",
  "stream_options.include_obfuscation": "agproxy adds no padding to its streams, whatever it says.",
};

const speech = { model: "tts-1", input: "Hello", response_format: "wav" };
const sound = { file: { name: "speech.wav", type: "audio/wav" } };

const unseenInResponses = {
  ...unseen,
  metadata: "Comes back in the response, and is kept with it.",
  store: "`false` keeps nothing; the answer is the same.",
  "reasoning.generate_summary": "The older name of `summary`.",
};

const response = { model, input: "Say hello" };
const responseTools = [{ type: "function", ...weather }];

const message = { model, max_tokens: 4000, messages: [user("Say hello")] };
const block = (content: object) => said(user([content]));
const spoken = (...content: readonly object[]) =>
  said(user("Hi"), { role: "assistant", content }, user("Go on."));
const messageTool = { name: weather.name, description: "Tells.", input_schema: weather.parameters };
const messageTools = [messageTool];
const use = { type: "tool_use", id: "t1", name: weather.name, input: {} };
const answered = (result: object) =>
  said(
    user("Hi"),
    { role: "assistant", content: [use] },
    user([{ type: "tool_result", tool_use_id: "t1", ...result }]),
  );
const pdf = { type: "base64", media_type: "application/pdf", data: "JVBERi0=" };

/** Fields of `/v1/messages` and of `/v1/messages/count_tokens`. */
const beta = {
  billing_policy: { billing_policy: { type: "none" } },
  compaction: { compaction: { enabled: true } },
  context_management: { context_management: { edits: [{ type: "compact_20260112" }] } },
  mcp_servers: { mcp_servers: [{ type: "url", name: "m", url: "https://a" }] },
  betas: { betas: ["time-travel-2030-01-01"] },
} satisfies CoveredRoute["fields"];

const messageRequest = {
  model: { model: "gemini-2.5-pro" },
  messages: { messages: [user("Say good bye")] },
  system: { system: "Be brief." },
  tools: { tools: messageTools },
  tool_choice: { tools: messageTools, tool_choice: { type: "any" } },
  thinking: { thinking: { type: "enabled", budget_tokens: 2000 } },
  output_config: { output_config: { format: { type: "json_schema", schema: weather.parameters } } },
  cache_control: { cache_control: { type: "ephemeral" } },
  speed: { speed: "fast" },
  user_profile_id: { user_profile_id: "up_1" },
  workspace_id: { workspace_id: "wrkspc_1" },
} satisfies CoveredRoute["fields"];

export const coveredRoutes: readonly CoveredRoute[] = [
  {
    path: "/v1/chat/completions",
    schema: "CreateChatCompletionRequest",
    base: { model, messages: [user("Say hello")] },
    fields: {
      ...shared,
      model: { model: "gemini-2.5-pro" },
      messages: { messages: [user("Say good bye")] },
      ...messageFields,
      top_logprobs: { model: older, logprobs: true, top_logprobs: 3 },
      logprobs: { model: older, logprobs: true },
      modalities: { modalities: ["text", "audio"], audio: { voice: "alloy", format: "wav" } },
      verbosity: { verbosity: "low" },
      reasoning_effort: { reasoning_effort: "high" },
      max_completion_tokens: { max_completion_tokens: 4000 },
      max_tokens: { max_tokens: 4000 },
      frequency_penalty: { model: older, frequency_penalty: 0.5 },
      presence_penalty: { model: older, presence_penalty: 0.5 },
      web_search_options: { web_search_options: {} },
      "web_search_options.user_location": {
        web_search_options: {
          user_location: { type: "approximate", approximate: { country: "TW" } },
        },
      },
      "web_search_options.search_context_size": {
        web_search_options: { search_context_size: "high" },
      },
      response_format: { response_format: { type: "json_object" } },
      "response_format.json_schema": {
        response_format: {
          type: "json_schema",
          json_schema: { name: "n", schema: weather.parameters, strict: true },
        },
      },
      audio: { audio: { voice: "alloy", format: "wav" } },
      "audio.voice": {
        model: "gemini-2.5-flash-preview-tts",
        modalities: ["audio"],
        audio: { voice: "nova", format: "wav" },
      },
      "audio.format": { modalities: ["audio"], audio: { voice: "alloy", format: "opus" } },
      store: { store: true },
      moderation: { moderation: { model: "omni-moderation-latest" } },
      stop: { stop: ["you"] },
      logit_bias: { logit_bias: { "1": 5 } },
      n: { n: 2 },
      prediction: { prediction: { type: "content", content: "Hello" } },
      seed: { seed: 7 },
      stream_options: { stream: true, stream_options: { include_usage: true } },
      "stream_options.include_usage": { stream: true, stream_options: { include_usage: true } },
      "stream_options.include_obfuscation": { stream_options: { include_obfuscation: true } },
      tools: { tools },
      "tools[].custom": { tools: [{ type: "custom", custom: { name: "patch" } }] },
      tool_choice: { tools, tool_choice: "required" },
      "tool_choice.allowed_tools": {
        tools,
        tool_choice: {
          type: "allowed_tools",
          allowed_tools: {
            mode: "required",
            tools: [{ type: "function", function: { name: "get_weather" } }],
          },
        },
      },
      parallel_tool_calls: { tools, parallel_tool_calls: false },
      functions: { functions: [weather] },
      function_call: { functions: [weather], function_call: { name: "get_weather" } },
    },
    unseen,
  },
  {
    path: "/v1/completions",
    schema: "CreateCompletionRequest",
    base: { model, prompt: "Say hello" },
    fields: {
      model: { model: "gemini-2.5-pro" },
      prompt: { prompt: ["Say hello", "Say good bye"] },
      best_of: { best_of: 2 },
      echo: { echo: true },
      frequency_penalty: { model: older, frequency_penalty: 0.5 },
      logit_bias: { logit_bias: { "1": 5 } },
      logprobs: { logprobs: 2 },
      max_tokens: { max_tokens: 4000 },
      n: { n: 2 },
      presence_penalty: { model: older, presence_penalty: 0.5 },
      seed: { seed: 7 },
      stop: { stop: "you" },
      stream: { stream: true },
      stream_options: { stream: true, stream_options: { include_usage: true } },
      "stream_options.include_usage": { stream: true, stream_options: { include_usage: true } },
      "stream_options.include_obfuscation": { stream_options: { include_obfuscation: true } },
      suffix: { suffix: "The end." },
      temperature: { temperature: 0.5 },
      top_p: { top_p: 0.5 },
      user: { user: "u-1" },
    },
    unseen,
  },
  {
    path: "/v1/responses",
    schema: "CreateResponse",
    base: response,
    fields: {
      ...shared,
      top_logprobs: { model: older, include: ["message.output_text.logprobs"], top_logprobs: 3 },
      previous_response_id: { previous_response_id: "resp_unknown" },
      model: { model: "gemini-2.5-pro" },
      background: { background: true },
      max_tool_calls: { max_tool_calls: 3 },
      text: { text: { format: { type: "json_object" } } },
      "text.format": { text: { format: { type: "json_object" } } },
      "text.verbosity": { text: { verbosity: "low" } },
      tools: { tools: responseTools },
      "tools[].file_search": { tools: [{ type: "file_search", vector_store_ids: ["v"] }] },
      "tools[].mcp": { tools: [{ type: "mcp", server_label: "l", server_url: "https://a" }] },
      "tools[].image_generation": { tools: [{ type: "image_generation" }] },
      "tools[].web_search": { tools: [{ type: "web_search" }] },
      "tools[].code_interpreter": {
        tools: [{ type: "code_interpreter", container: { type: "auto" } }],
      },
      tool_choice: { tools: responseTools, tool_choice: "required" },
      prompt: { prompt: { id: "pmpt_1" } },
      truncation: { truncation: "auto" },
      reasoning: { reasoning: { effort: "high" } },
      "reasoning.mode": { reasoning: { mode: "pro" } },
      "reasoning.effort": { reasoning: { effort: "high" } },
      "reasoning.summary": { reasoning: { summary: "auto" } },
      "reasoning.context": { reasoning: { context: "all_turns" } },
      "reasoning.generate_summary": { reasoning: { generate_summary: "auto" } },
      input: { input: "Say good bye" },
      include: { model: older, include: ["message.output_text.logprobs"] },
      parallel_tool_calls: { tools: responseTools, parallel_tool_calls: false },
      store: { store: false },
      instructions: { instructions: "Be brief." },
      moderation: { moderation: { model: "omni-moderation-latest" } },
      "stream_options.include_obfuscation": { stream_options: { include_obfuscation: true } },
      conversation: { conversation: "conv_1" },
      context_management: {
        context_management: [{ type: "compaction", compact_threshold: 1000 }],
      },
      max_output_tokens: { max_output_tokens: 4000 },
    },
    unseen: unseenInResponses,
  },
  {
    path: "/v1/responses/compact",
    schema: "CompactResponseMethodPublicBody",
    base: response,
    fields: {
      model: { model: "gemini-2.5-pro" },
      input: { input: "Say good bye" },
      previous_response_id: { previous_response_id: "resp_unknown" },
      instructions: { instructions: "Be brief." },
      prompt_cache_key: { prompt_cache_key: "k-1" },
      prompt_cache_retention: { prompt_cache_retention: "24h" },
      prompt_cache_options: shared.prompt_cache_options,
      service_tier: { service_tier: "flex" },
    },
    unseen,
  },
  {
    path: "/v1/responses/input_tokens",
    schema: "TokenCountsBody",
    base: response,
    fields: {
      model: { model: "gemini-2.5-pro" },
      input: { input: "Say good bye to all the others too" },
      previous_response_id: { previous_response_id: "resp_unknown" },
      tools: { tools: responseTools },
      text: { text: { format: { type: "json_schema", name: "n", schema: weather.parameters } } },
      "text.verbosity": { text: { verbosity: "low" } },
      reasoning: { reasoning: { effort: "high" } },
      truncation: { truncation: "auto" },
      instructions: { instructions: "Be brief and to the point." },
      personality: { personality: "friendly" },
      conversation: { conversation: "conv_1" },
      tool_choice: { tools: responseTools, tool_choice: "required" },
      parallel_tool_calls: { tools: responseTools, parallel_tool_calls: false },
    },
    unseen: {
      model: "The count is an estimate, alike for all models.",
      reasoning: "It takes no tokens of the input.",
      tool_choice: "It takes no tokens of the input.",
      parallel_tool_calls: "It takes no tokens of the input.",
    },
  },
  {
    path: "/v1/messages",
    schema: { type: "MessageCreateParamsBase", of: "messages/messages" },
    base: message,
    fields: {
      ...messageRequest,
      max_tokens: { max_tokens: 2000 },
      stream: { stream: true },
      "system[].text": [{ system: "Be brief." }, { system: [{ type: "text", text: "Be kind." }] }],
      "messages[].role": [
        said(user("Be brief."), user("Hi")),
        said({ role: "system", content: "Be brief." }, user("Hi")),
      ],
      "messages[].content[].image": [
        said(user("Hi")),
        block({ type: "image", source: { ...pdf, media_type: "image/png", data: pixel } }),
      ],
      "messages[].content[].document": [said(user("Hi")), block({ type: "document", source: pdf })],
      "messages[].content[].document.title": [
        block({ type: "document", source: pdf }),
        block({ type: "document", source: pdf, title: "A page" }),
      ],
      "messages[].content[].document.context": [
        block({ type: "document", source: pdf }),
        block({ type: "document", source: pdf, context: "Of a book" }),
      ],
      "messages[].content[].citations": [
        block({ type: "document", source: pdf }),
        block({ type: "document", source: pdf, citations: { enabled: true } }),
      ],
      "messages[].content[].search_result": [
        said(user("Hi")),
        block({ type: "search_result", source: "https://a", title: "A", content: [] }),
      ],
      "messages[].content[].cache_control": [
        block({ type: "text", text: "Hi" }),
        block({ type: "text", text: "Hi", cache_control: { type: "ephemeral" } }),
      ],
      "messages[].content[].thinking.signature": [
        spoken({ type: "text", text: "Well." }),
        spoken(
          { type: "thinking", thinking: "hm", signature: "of-anthropic" },
          { type: "text", text: "Well." },
        ),
      ],
      "messages[].content[].redacted_thinking": [
        spoken({ type: "text", text: "Well." }),
        spoken({ type: "redacted_thinking", data: "x" }, { type: "text", text: "Well." }),
      ],
      "messages[].content[].tool_use": [said(user("Hi")), answered({ content: "sunny" })],
      "messages[].content[].tool_result": [
        answered({ content: "rain" }),
        answered({ content: [{ type: "text", text: "sunny" }] }),
      ],
      "messages[].content[].tool_result.is_error": [
        answered({ content: "no" }),
        answered({ content: "no", is_error: true }),
      ],
      "messages[].content[].container_upload": [
        said(user("Hi")),
        block({ type: "container_upload", file_id: "f" }),
      ],
      "tools[].strict": [
        { tools: messageTools, tool_choice: { type: "auto" } },
        { tools: [{ ...messageTool, strict: true }], tool_choice: { type: "auto" } },
      ],
      "tools[].input_examples": [
        { tools: messageTools },
        { tools: [{ ...messageTool, input_examples: [{ city: "Paris" }] }] },
      ],
      "tools[].defer_loading": [
        { tools: messageTools },
        { tools: [{ ...messageTool, defer_loading: true }] },
      ],
      "tools[].allowed_callers": {
        tools: [{ ...messageTool, allowed_callers: ["code_execution_20250825"] }],
      },
      "tools[].web_search": { tools: [{ type: "web_search_20250305", name: "web_search" }] },
      "tools[].web_search.max_uses": {
        tools: [{ type: "web_search_20250305", name: "web_search", max_uses: 2 }],
      },
      "tools[].web_fetch": { tools: [{ type: "web_fetch_20250910", name: "web_fetch" }] },
      "tools[].code_execution": {
        tools: [{ type: "code_execution_20250825", name: "code_execution" }],
      },
      "tools[].bash": { tools: [{ type: "bash_20250124", name: "bash" }] },
      "tools[].text_editor": {
        tools: [{ type: "text_editor_20250728", name: "str_replace_based_edit_tool" }],
      },
      "tools[].memory": { tools: [{ type: "memory_20250818", name: "memory" }] },
      "tools[].computer": {
        tools: [
          {
            type: "computer_20251124",
            name: "computer",
            display_width_px: 800,
            display_height_px: 600,
          },
        ],
      },
      "tools[].computer_toolset": { tools: [{ type: "computer_toolset_20260801" }] },
      "tools[].browser_toolset": { tools: [{ type: "browser_toolset_20260801" }] },
      "tools[].mcp_toolset": { tools: [{ type: "mcp_toolset", mcp_server_name: "m" }] },
      "tools[].advisor": { tools: [{ type: "advisor_20260301", name: "advisor", model: "m" }] },
      "tool_choice.disable_parallel_tool_use": [
        { tools: messageTools, tool_choice: { type: "auto" } },
        { tools: messageTools, tool_choice: { type: "auto", disable_parallel_tool_use: true } },
      ],
      "thinking.display": [
        { thinking: { type: "adaptive" } },
        { thinking: { type: "adaptive", display: "omitted" } },
      ],
      "output_config.effort": { output_config: { effort: "high" } },
      output_format: { output_format: { type: "json_schema", schema: weather.parameters } },
      stop_sequences: { stop_sequences: ["you"] },
      temperature: { temperature: 0.5 },
      top_k: { top_k: 20 },
      top_p: { top_p: 0.5 },
      metadata: { metadata: { user_id: "u-1" } },
      service_tier: { service_tier: "standard_only" },
      container: { container: "container_1" },
      diagnostics: { diagnostics: { previous_message_id: "msg_1" } },
      inference_geo: { inference_geo: "us" },
      fallback_credit_token: { fallback_credit_token: "t" },
      fallbacks: { fallbacks: [{ model: "m" }] },
      thread: { thread: { previous_message_id: "msg_1" } },
      ...beta,
    },
    unseen: {
      cache_control: "Upstreams cache what begins alike by themselves.",
      "messages[].content[].cache_control": "Upstreams cache what begins alike by themselves.",
      metadata:
        "Keeps a conversation on one account, where the rotation plugin is loaded; plugins get it.",
      service_tier: "`auto` and `standard_only` ask for what there is.",
      "tools[].strict": "Gemini's API has no such switch for a tool.",
      "tool_choice.disable_parallel_tool_use":
        "`X-Agproxy-Ignored` names it as `parallel_tool_calls`: Gemini has no such switch.",
      "tools[].defer_loading": "All tools are offered from the start.",
    },
  },
  {
    path: "/v1/messages/count_tokens",
    schema: { type: "MessageCountTokensParams", of: "messages/messages" },
    base: message,
    fields: {
      ...messageRequest,
      messages: { messages: [user("Say good bye to all the others too")] },
      output_format: { output_format: { type: "json_schema", schema: weather.parameters } },
      ...beta,
    },
    unseen: {
      cache_control: "Upstreams cache what begins alike by themselves.",
      model: "The count is an estimate, alike for all models.",
      thinking: "It takes no tokens of the input.",
      tool_choice: "It takes no tokens of the input.",
    },
  },
  {
    path: "/v1/embeddings",
    schema: "CreateEmbeddingRequest",
    base: { model: "text-embedding-3-small", input: "hello" },
    fields: {
      input: { input: ["hello", "good bye"] },
      model: { model: "gemini-embedding-001" },
      encoding_format: { encoding_format: "base64" },
      dimensions: { dimensions: 256 },
      user: { user: "u-1" },
    },
    unseen,
  },
  {
    path: "/v1/images/generations",
    schema: "CreateImageRequest",
    base: { model: "gpt-image-1", prompt: "A cat" },
    fields: {
      prompt: { prompt: "A dog" },
      model: { model: "gemini-3-pro-image-preview" },
      n: { n: 2 },
      quality: { model: "gemini-3-pro-image-preview", quality: "high" },
      response_format: { response_format: "url" },
      output_format: { output_format: "webp" },
      output_compression: { output_compression: 50 },
      stream: { stream: true },
      partial_images: { partial_images: 2 },
      size: { size: "1536x1024" },
      moderation: { moderation: "low" },
      background: { background: "transparent" },
      style: { style: "vivid" },
      user: { user: "u-1" },
    },
    unseen,
  },
  {
    path: "/v1/images/edits",
    schema: "CreateImageEditRequest",
    files: { image: { name: "a.png", type: "image/png" } },
    base: { model: "gpt-image-1", prompt: "A cat" },
    fields: {
      prompt: { prompt: "A dog" },
      mask: { mask: "file" },
      background: { background: "transparent" },
      model: { model: "gemini-3-pro-image-preview" },
      n: { n: "2" },
      size: { size: "1536x1024" },
      response_format: { response_format: "url" },
      output_format: { output_format: "webp" },
      output_compression: { output_compression: "50" },
      user: { user: "u-1" },
      input_fidelity: { input_fidelity: "high" },
      stream: { stream: "true" },
      partial_images: { partial_images: "2" },
      quality: { model: "gemini-3-pro-image-preview", quality: "high" },
    },
    unseen: { ...unseen, image: "The picture to edit: every request of the test has one." },
  },
  {
    path: "/v1/audio/speech",
    schema: "CreateSpeechRequest",
    base: speech,
    fields: {
      model: { model: "gemini-2.5-pro-preview-tts" },
      input: { input: "Good bye" },
      instructions: { instructions: "Whisper." },
      voice: { voice: "nova" },
      response_format: { response_format: "pcm" },
      speed: { speed: 2 },
      stream_format: { stream_format: "sse" },
    },
  },
  {
    path: "/v1/audio/transcriptions",
    schema: "CreateTranscriptionRequest",
    files: sound,
    base: { model: "whisper-1" },
    fields: {
      model: { model: "gemini-2.5-pro" },
      language: { language: "de" },
      languages: { "languages[]": "de" },
      keywords: { "keywords[]": "agproxy" },
      prompt: { prompt: "A greeting." },
      response_format: { response_format: "text" },
      temperature: { temperature: "0.5" },
      include: { "include[]": "logprobs" },
      timestamp_granularities: { "timestamp_granularities[]": "word" },
      stream: { stream: "true" },
      chunking_strategy: { chunking_strategy: "auto" },
      known_speaker_names: { "known_speaker_names[]": "ann" },
      known_speaker_references: { "known_speaker_references[]": "data:audio/wav;base64,AAAA" },
    },
    unseen: { file: "The recording: every request of the test has one." },
  },
  {
    path: "/v1/audio/translations",
    schema: "CreateTranslationRequest",
    files: sound,
    base: { model: "whisper-1" },
    fields: {
      model: { model: "gemini-2.5-pro" },
      prompt: { prompt: "A greeting." },
      response_format: { response_format: "text" },
      temperature: { temperature: "0.5" },
    },
    unseen: { file: "The recording: every request of the test has one." },
  },
  {
    path: "/v1/files",
    schema: "CreateFileRequest",
    files: { file: { name: "a.png", type: "image/png" } },
    base: {},
    fields: {
      purpose: { purpose: "vision" },
      expires_after: { "expires_after[anchor]": "created_at", "expires_after[seconds]": "3600" },
    },
    unseen: { file: "The file: every request of the test has one." },
  },
  ...googleRoutes,
];

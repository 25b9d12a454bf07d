/**
 * Every request field of OpenAI's API that a route of agproxy may get, with a value that asks for something. The test
 * sends each of them and sees what becomes of it; `docs/coverage.md` is written from that.
 */

/** A body to send: JSON, or the fields of a form. */
export type Body = Readonly<Record<string, unknown>>;

/**
 * What is merged into the base request: a body whose last field is the one to look at (those before it are what it
 * needs, such as a model that can do it), or a body without and one with what is looked at.
 */
export type Change = Body | readonly [without: Body, added: Body];

export interface CoveredRoute {
  readonly path: string;
  /** The schema of the request in OpenAI's description. */
  readonly schema: string;
  /** Sent as `multipart/form-data`, with these files. */
  readonly files?: Readonly<Record<string, { readonly name: string; readonly type: string }>>;
  /** A request that works, and to which each field is added. */
  readonly base: Body;
  /** By dotted path. */
  readonly fields: Readonly<Record<string, Change>>;
  /** Fields that change nothing that the test can see, and why that is right. */
  readonly unseen?: Readonly<Record<string, string>>;
}

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
];

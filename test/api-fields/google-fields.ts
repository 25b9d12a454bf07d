import type { Body, CoveredRoute } from "./covered-route.ts";

const contents = [{ role: "user", parts: [{ text: "Hi" }] }];
const base: Body = { contents };
const part = (value: object): Body => ({ contents: [{ role: "user", parts: [value] }] });
const config = (generationConfig: object): Body => ({ generationConfig });
const pixel =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABpfZFQAAAAABJRU5ErkJggg==";
const declaration = {
  name: "get_weather",
  description: "Tells the weather.",
  parameters: { type: "OBJECT", properties: { city: { type: "STRING" } } },
};
const called = [
  ...contents,
  { role: "model", parts: [{ functionCall: { name: "get_weather", args: { city: "Paris" } } }] },
  {
    role: "user",
    parts: [{ functionResponse: { name: "get_weather", response: { output: "sunny" } } }],
  },
];
const tools = [{ functionDeclarations: [declaration] }];

/** Google's own routes. Nobody publishes the schema of their requests as a file. */
export const googleRoutes: readonly CoveredRoute[] = [
  {
    path: "/v1beta/models/gemini-2.5-flash:generateContent",
    base,
    fields: {
      contents: { contents: [{ role: "user", parts: [{ text: "Hello" }] }] },
      "contents[].parts[].inlineData": part({ inlineData: { mimeType: "image/png", data: pixel } }),
      "contents[].parts[].fileData": part({
        fileData: { mimeType: "video/mp4", fileUri: "https://a.example/x.mp4" },
      }),
      "contents[].parts[].functionCall": { tools, contents: called },
      systemInstruction: { systemInstruction: { parts: [{ text: "Be brief." }] } },
      tools: { tools },
      "tools[].googleSearch": { tools: [{ googleSearch: {} }] },
      "tools[].urlContext": { tools: [{ urlContext: {} }] },
      "tools[].codeExecution": { tools: [{ codeExecution: {} }] },
      toolConfig: { tools, toolConfig: { functionCallingConfig: { mode: "ANY" } } },
      safetySettings: {
        safetySettings: [{ category: "HARM_CATEGORY_HARASSMENT", threshold: "BLOCK_NONE" }],
      },
      "generationConfig.temperature": config({ temperature: 0.5 }),
      "generationConfig.topP": config({ topP: 0.5 }),
      "generationConfig.topK": config({ topK: 20 }),
      "generationConfig.seed": config({ seed: 7 }),
      "generationConfig.maxOutputTokens": config({ maxOutputTokens: 20_000 }),
      "generationConfig.stopSequences": config({ stopSequences: ["END"] }),
      "generationConfig.candidateCount": config({ candidateCount: 2 }),
      "generationConfig.responseMimeType": config({ responseMimeType: "application/json" }),
      "generationConfig.responseSchema": config({
        responseMimeType: "application/json",
        responseSchema: declaration.parameters,
      }),
      "generationConfig.responseJsonSchema": config({
        responseMimeType: "application/json",
        responseJsonSchema: { type: "object", properties: { a: { type: "string" } } },
      }),
      "generationConfig.thinkingConfig": config({
        thinkingConfig: { thinkingBudget: 1024, includeThoughts: true },
      }),
      "generationConfig.mediaResolution": config({ mediaResolution: "MEDIA_RESOLUTION_LOW" }),
    },
  },
  {
    path: "/v1beta/models/gemini-2.5-flash:countTokens",
    base,
    fields: {
      contents: {
        contents: [{ role: "user", parts: [{ text: "Say good bye to all the others" }] }],
      },
      generateContentRequest: {
        generateContentRequest: {
          model: "models/gemini-2.5-flash",
          contents,
          systemInstruction: { parts: [{ text: "Be brief." }] },
        },
      },
    },
  },
  {
    path: "/v1beta/models/gemini-embedding-001:embedContent",
    base: { content: { parts: [{ text: "Hi" }] } },
    fields: {
      content: { content: { parts: [{ text: "Hello" }] } },
      outputDimensionality: { outputDimensionality: 256 },
      taskType: { taskType: "RETRIEVAL_QUERY" },
      title: { taskType: "RETRIEVAL_DOCUMENT", title: "A title" },
    },
  },
  {
    path: "/v1beta/models/gemini-embedding-001:batchEmbedContents",
    base: {
      requests: [{ model: "models/gemini-embedding-001", content: { parts: [{ text: "Hi" }] } }],
    },
    fields: {
      requests: {
        requests: [
          { model: "models/gemini-embedding-001", content: { parts: [{ text: "Hello" }] } },
        ],
      },
    },
  },
];

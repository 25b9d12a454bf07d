import { createOpenAICompatible } from "@ai-sdk/openai-compatible";

export const agproxy = createOpenAICompatible({
  name: "agproxy",
  baseURL: "{{baseUrl}}",
  apiKey: process.env["AGPROXY_API_KEY"] ?? "none",
  includeUsage: true,
  supportsStructuredOutputs: true,
});

export const model = agproxy("{{model}}");

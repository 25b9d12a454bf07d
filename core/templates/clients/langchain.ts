import { ChatOpenAI } from "@langchain/openai";

export const model = new ChatOpenAI({
  model: "{{model}}",
  apiKey: process.env["AGPROXY_API_KEY"] ?? "none",
  configuration: { baseURL: "{{baseUrl}}" },
});

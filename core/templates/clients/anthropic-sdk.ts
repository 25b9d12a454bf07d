import Anthropic from "@anthropic-ai/sdk";

export const client = new Anthropic({
  baseURL: "{{url}}",
  apiKey: process.env["AGPROXY_API_KEY"] ?? "none",
});

export const message = await client.messages.create({
  model: "{{model}}",
  max_tokens: 1000,
  messages: [{ role: "user", content: "Say hello" }],
});

import { GoogleGenAI } from "@google/genai";

export const client = new GoogleGenAI({
  apiKey: process.env["AGPROXY_API_KEY"] ?? "none",
  httpOptions: { baseUrl: "{{url}}" },
});

export const answer = await client.models.generateContent({
  model: "{{model}}",
  contents: "Say hello",
});

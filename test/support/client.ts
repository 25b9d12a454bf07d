import OpenAI from "openai";

/** The official SDK, pointed at a gateway; it reports the first failure instead of trying again. */
export function client(
  { url }: { readonly url: string },
  options: { readonly apiKey?: string } = {},
): OpenAI {
  return new OpenAI({ baseURL: `${url}/v1`, apiKey: "no-key-needed", maxRetries: 0, ...options });
}

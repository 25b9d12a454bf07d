/** A request that looks something up. */
export type LookRoute =
  | { readonly action: "list" }
  | { readonly action: "get"; readonly model: string }
  | { readonly action: "count"; readonly model: string };

/** A request that a model works on. */
export type WorkRoute =
  | { readonly action: "generate"; readonly model: string; readonly isStream: boolean }
  | { readonly action: "embed"; readonly model: string; readonly isBatch: boolean };

/** What a path of the Gemini API asks for. */
export type Route = LookRoute | WorkRoute;

/** Finds the route of a request; undefined where there is none. Both `/v1beta` and `/v1` are served. */
export function findRoute(method: string, path: string): Route | undefined {
  const match = /^\/v1(?:beta)?\/models(?:\/([^/:]+)(?::(\w+))?)?$/.exec(path);
  if (match === null) return undefined;
  const [, name, verb] = match;
  if (name === undefined) return method === "GET" ? { action: "list" } : undefined;
  const model = name.replaceAll("%3A", ":");
  if (verb === undefined) return method === "GET" ? { action: "get", model } : undefined;
  if (method !== "POST") return undefined;
  switch (verb) {
    case "generateContent":
      return { action: "generate", model, isStream: false };
    case "streamGenerateContent":
      return { action: "generate", model, isStream: true };
    case "countTokens":
      return { action: "count", model };
    case "embedContent":
      return { action: "embed", model, isBatch: false };
    case "batchEmbedContents":
      return { action: "embed", model, isBatch: true };
    default:
      return undefined;
  }
}

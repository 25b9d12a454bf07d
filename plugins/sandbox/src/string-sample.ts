import { patternSample } from "./pattern-sample.ts";
import type { JsonObject } from "./wire.ts";

const formats: Readonly<Record<string, string>> = {
  "date-time": "2026-01-01T12:00:00Z",
  date: "2026-01-01",
  time: "12:00:00Z",
  duration: "PT1H",
  email: "sandbox@agproxy.invalid",
  hostname: "agproxy.invalid",
  ipv4: "127.0.0.1",
  ipv6: "::1",
  uri: "https://agproxy.invalid/",
  url: "https://agproxy.invalid/",
  "uri-reference": "/sandbox",
  uuid: "00000000-0000-4000-8000-000000000000",
  byte: "c2FuZGJveA==",
};

/** Parameters that something runs or writes to. They never get the prompt's words. */
const executed =
  /command|cmd|shell|script|code|query|sql|patch|diff|path|file|directory|folder|url|uri|content/i;

/** A string for a schema: of its format or pattern, else what the prompt names for it, else a plain word. */
export function stringSample(schema: JsonObject, name: string, prompt: string): string {
  if (typeof schema.pattern === "string") return patternSample(schema.pattern);
  const formatted = typeof schema.format === "string" ? formats[schema.format] : undefined;
  const word =
    formatted ?? (executed.test(name) ? harmless(name) : (mentioned(prompt) ?? "sandbox"));
  const long = word.padEnd(Number(schema.minLength ?? 0), "-");
  return schema.maxLength === undefined ? long : long.slice(0, Number(schema.maxLength));
}

function harmless(name: string): string {
  return /command|cmd|shell|script|code/i.test(name) ? "echo agproxy sandbox" : "sandbox";
}

/** What a prompt plainly names: a name after a preposition ("in New York"), words in quotes, or its last word after "in". */
function mentioned(prompt: string): string | undefined {
  const named =
    /\b(?:in|at|for|of|to|from|about|near)\s+(\p{Lu}[\p{L}\p{M}'’-]*(?: \p{Lu}[\p{L}\p{M}'’-]*)*)/u;
  const quoted = /["“«]([^"”»\n]{1,80})["”»]/;
  const last = /\b(?:in|at|for) (\p{L}[\p{L}\p{M}'’-]+)[\s?.!]*$/u;
  return [named, quoted, last].map((rule) => rule.exec(prompt)?.[1]).find((word) => word);
}

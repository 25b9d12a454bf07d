/** Writes `docs/coverage.md`: `node test/api-fields/page.ts`. Needs OpenAI's description beside the checkout. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isObject } from "agproxy";
import { at, loadDescription } from "../openapi/description.ts";
import { coveredRoutes } from "./fields.ts";
import { type CoveredField, coverageOf } from "./verdict.ts";

const folder = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
export const pageFile = folder("docs/coverage.md");

/** The part of the page that needs no description: what becomes of each field. */
export async function fieldTables(): Promise<string> {
  const tables: string[] = [];
  for (const route of coveredRoutes) {
    const rows = (await coverageOf(route)).map(row);
    tables.push(
      `### POST ${route.path}\n\n| field | what becomes of it |\n| --- | --- |\n${rows.join("\n")}`,
    );
  }
  return tables.join("\n\n");
}

function row({ field, verdict, why }: CoveredField): string {
  return `| \`${field}\` | ${why ?? verdict} |`;
}

const served: readonly RegExp[] = [
  /^\/chat\/completions$/,
  /^\/completions$/,
  /^\/models(\/\{model\})?$/,
  /^\/responses(\/|$)/,
  /^\/embeddings$/,
  /^\/images\/(generations|edits)$/,
  /^\/audio\/(speech|transcriptions|translations)$/,
  /^\/files(\/|$)/,
];
const servedMethods: Readonly<Record<string, string>> = {
  "/chat/completions": "POST",
  "/models/{model}": "GET",
};

/** Every path of the description, and whether agproxy serves it. */
function pathTable(spec: unknown): string {
  const paths = at(spec, "#/paths");
  if (!isObject(paths)) throw new Error("The description has no paths.");
  const rows = Object.entries(paths).flatMap(([path, methods]) => {
    if (path.includes("?") || !isObject(methods)) return [];
    const names = Object.keys(methods).map((name) => name.toUpperCase());
    return names.map((method) => {
      const only = servedMethods[path];
      const isServed =
        served.some((pattern) => pattern.test(path)) && (only === undefined || only === method);
      return `| ${method} \`/v1${path}\` | ${isServed ? "served" : "not served"} |`;
    });
  });
  return `| path | |\n| --- | --- |\n${rows.join("\n")}`;
}

const eventSchemas = ["ResponseStreamEvent", "ImageGenStreamEvent", "ImageEditStreamEvent"];
const audioEvents = [
  "speech.audio.delta",
  "speech.audio.done",
  "transcript.text.delta",
  "transcript.text.done",
  "transcript.text.segment",
];

/** Every event that a stream of the description may have, and whether agproxy ever writes it. */
function eventTable(spec: unknown): string {
  const written = writtenWords();
  const names = [...eventSchemas.flatMap((name) => eventNames(spec, name)), ...audioEvents];
  const rows = names.map((name) => `| \`${name}\` | ${written(name) ? "sent" : "never sent"} |`);
  return `| event | |\n| --- | --- |\n${rows.join("\n")}`;
}

function eventNames(spec: unknown, schema: string): readonly string[] {
  const union = at(spec, `#/components/schemas/${schema}`);
  const options = isObject(union) ? (union["anyOf"] ?? union["oneOf"]) : undefined;
  if (!Array.isArray(options)) throw new Error(`${schema} is no union.`);
  return options.flatMap((option: unknown) => {
    const ref = isObject(option) ? option["$ref"] : undefined;
    const type = at(at(spec, String(ref)), "#/properties/type/enum/0");
    return typeof type === "string" ? [type] : [];
  });
}

/** Whether a word stands in the sources of the protocol plugins. */
function writtenWords(): (word: string) => boolean {
  const text = ["responses", "images", "audio"]
    .map((plugin) => folder(`plugins/${plugin}/src`))
    .flatMap((root) =>
      readdirSync(root, { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
        .map((file) => readFileSync(`${root}/${file}`, "utf8")),
    )
    .join("\n");
  return (word) => {
    const [kind = "", ...rest] = word.split(".");
    return (
      text.includes(word) ||
      (kind.startsWith("image_") && text.includes(`\${kind}.${rest.join(".")}`))
    );
  };
}

export async function coveragePage(spec: unknown): Promise<string> {
  return `# What of OpenAI's, Anthropic's and Google's APIs is covered

Written by \`node test/api-fields/page.ts\`, which sends each field through agproxy to a server that speaks the Gemini API, and
compares what goes upstream and what comes back with a request that lacks the field.

- **honoured**: what goes upstream, or the answer, is another.
- **ignored by name**: the answer's \`X-Agproxy-Ignored\` names it. The request goes on without.
- **refused**: a 400 that names it, as the answer would be to another question.

Other rows say in words why a field changes nothing. A field that the table does not have is passed over, but on Google's
own routes: there it goes upstream as it came, as do all fields.

## Fields

${await fieldTables()}

## Paths

Of OpenAI's API. Of Anthropic's, \`/v1/messages\`, \`/v1/messages/count_tokens\`, \`/v1/models\` and \`/v1/files\` are served. Of Google's, models
and what they are asked for (\`generateContent\`, \`streamGenerateContent\`, \`countTokens\`, \`embedContent\`, \`batchEmbedContents\`).

${pathTable(spec)}

## Events of streams

Of OpenAI's API. Streams of \`/v1/messages\` have every event of Anthropic's, and those of Google's own
routes every payload as the upstream said it.

${eventTable(spec)}
`;
}

if (import.meta.main) {
  const description = loadDescription();
  if (description === undefined)
    throw new Error("OpenAI's description is not beside this checkout.");
  writeFileSync(pageFile, await coveragePage(description.spec));
}

import { fileURLToPath } from "node:url";
import { isObject } from "agproxy";
import { createGenerator } from "ts-json-schema-generator";
import type { Description, Json, Quirks } from "./description.ts";

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** A description of OpenAI's answers in the form of its own, made of the types of OpenAI's SDK. Takes seconds. */
export function sdkDescription(): Description {
  const type = "SdkAnswers";
  const generator = createGenerator({
    path: file("sdk-answers.ts"),
    tsconfig: file("sdk-answers.tsconfig.json"),
    type,
    expose: "all",
    topRef: false,
    jsDoc: "none",
    // Types are checked with the rest of the repository; what a type does not name is allowed.
    skipTypeCheck: true,
    additionalProperties: true,
    encodeRefs: false,
  });
  const { definitions, properties } = inComponents(generator.createSchema(type)) as Schema;
  const routes = Object.entries(properties.routes.properties);
  return {
    spec: {
      // Where a schema is named as its type is, it refers to the type: that one is kept.
      components: { schemas: { ...properties.schemas.properties, ...definitions } },
      paths: pathsOf(routes.map(([name, answers]) => route(name, answers.properties))),
    },
    quirks,
  };
}

interface Schema {
  readonly definitions: Json;
  readonly properties: {
    readonly schemas: { readonly properties: Json };
    readonly routes: { readonly properties: Readonly<Record<string, { properties: Answers }>> };
  };
}

interface Answers {
  readonly whole?: unknown;
  readonly streamed?: unknown;
}

/** The references of a schema, as an API description has them. */
function inComponents(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inComponents);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === "$ref"
        ? String(inner).replace("#/definitions/", "#/components/schemas/")
        : inComponents(inner),
    ]),
  );
}

/** A path may take several methods. */
function pathsOf(routes: readonly (readonly [path: string, methods: Json])[]): Json {
  const paths: Record<string, Json> = {};
  for (const [path, methods] of routes) paths[path] = { ...paths[path], ...methods };
  return paths;
}

function route(name: string, { whole, streamed }: Answers): readonly [path: string, methods: Json] {
  const [method = "", path = ""] = name.split(" ");
  const content = {
    ...(whole === undefined ? {} : { "application/json": { schema: whole } }),
    ...(streamed === undefined ? {} : { "text/event-stream": { schema: streamed } }),
  };
  return [path, { [method.toLowerCase()]: { responses: { 200: { content } } } }];
}

/** Where the types and the API differ. */
const quirks: Quirks = {
  required: [
    // The SDK adds it to what it has received.
    { prop: "output_text", path: "^/(response)?$" },
    // Of newer models, or of some accounts only.
    { prop: "access_programs", path: "^/(response)?$" },
    { prop: "cache_write_tokens", path: "/input_tokens_details$" },
  ],
  values: [
    // The API says null where the types have an absent field.
    { path: "(^|/)user$", keyword: "type", value: null },
    { path: "^(/response)?/usage$", keyword: "type", value: null },
    // A text where it was asked for in base64: the SDK asks so, and decodes it.
    { path: "^/data/\\d+/embedding$", keyword: "type" },
  ],
};

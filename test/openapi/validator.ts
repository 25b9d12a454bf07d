/** Checks bodies against OpenAI's own API description. */
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import { isObject } from "agproxy";
import { at, loadDescription, type Description, type Json } from "./description.ts";
import { base, jsonSchemas, rewrite } from "./json-schema.ts";
import { forgiver, streamedWhole } from "./quirks.ts";
import { sdkDescription } from "./sdk-description.ts";
import { addUnion } from "./union-keyword.ts";

/** What a body is to be: a schema by name, or the answer of a route. */
export type Target =
  | string
  | {
      /** As the description writes it: `/chat/completions`, `/models/{model}`. */
      readonly path: string;
      readonly method: string;
      readonly status: number;
      readonly contentType?: string;
      /** One event of a stream; the same as the content type `text/event-stream`. */
      readonly stream?: boolean;
    };

export interface Validator {
  /** What is wrong with a value, a readable line each; empty where nothing is. */
  validate(target: Target, value: unknown): string[];
}

/** Checks by the types of OpenAI's SDK and, where it is beside this checkout, by OpenAI's description too. */
export function openapiValidator(): Validator {
  return (loaded ??= bothValidators());
}

let loaded: Validator | undefined;

function bothValidators(): Validator {
  const description = loadDescription();
  const sources = description === undefined ? [] : [description];
  const validators = [...sources, sdkDescription()].map(createValidator);
  return { validate: (target, value) => validators.flatMap((one) => one.validate(target, value)) };
}

export function createValidator({ spec, quirks }: Description): Validator {
  const forgive = forgiver(quirks);
  const ajv = new Ajv2020({
    allErrors: true,
    verbose: true,
    strict: false,
    validateSchema: false,
    validateFormats: false,
    logger: false,
  });
  addUnion(ajv, forgive);
  const components = at(spec, "#/components/schemas");
  if (!isObject(components)) throw new Error("The description has no components.");
  ajv.addSchema({ components: { schemas: jsonSchemas(spec, components) } }, base);

  const forgiveChunk = forgiver(streamedWhole);
  const compiled = new Map<string, ValidateFunction>();
  return {
    validate(target, value) {
      const key = JSON.stringify(target);
      const validator = compiled.get(key) ?? ajv.compile(schemaOf(spec, target));
      compiled.set(key, validator);
      if (validator(value)) return [];
      const chunk = typeof target !== "string" && isStreamedWhole(spec, target);
      return (validator.errors ?? [])
        .filter((error) => !forgive(error) && !(chunk && forgiveChunk(error)))
        .map(line);
    },
  };
}

function schemaOf(spec: Json, target: Target): object {
  if (typeof target !== "string") return rewrite(spec, answer(spec, target), "") as object;
  const pointer = `#/components/schemas/${target}`;
  if (at(spec, pointer) === undefined) throw new Error(`The description has no schema ${target}.`);
  return { $ref: `${base}${pointer}` };
}

type Route = Exclude<Target, string>;

/** The schema of a route's answer. A route that streams what it also answers whole is described once. */
function answer(spec: Json, target: Route): unknown {
  const { path, method, status } = target;
  const content = contents(spec, target);
  const type = typeOf(target);
  const found = content[type] ?? content["application/json"];
  if (!isObject(found)) throw new Error(`No ${type} answer for ${method} ${path} ${status}.`);
  return found["schema"];
}

function isStreamedWhole(spec: Json, target: Route): boolean {
  return typeOf(target) === eventStream && !(eventStream in contents(spec, target));
}

const eventStream = "text/event-stream";

function typeOf({ contentType, stream }: Route): string {
  return contentType ?? (stream === true ? eventStream : "application/json");
}

function contents(spec: Json, { path, method, status }: Route): Json {
  const paths = at(spec, "#/paths");
  const route = isObject(paths) ? at(paths[path], `/${method.toLowerCase()}`) : undefined;
  const described = at(route, `/responses/${status}`);
  const reference = isObject(described) ? described["$ref"] : undefined;
  const response = typeof reference === "string" ? at(spec, reference) : described;
  const content = isObject(response) ? response["content"] : undefined;
  if (!isObject(content)) throw new Error(`No answer for ${method} ${path} ${status}.`);
  return content;
}

function line({ instancePath, message = "is wrong", params, data, keyword }: ErrorObject): string {
  const allowed: unknown = keyword === "enum" ? params["allowedValues"] : params["allowedValue"];
  const among = allowed === undefined ? "" : `: ${JSON.stringify(allowed)}`;
  const told = keyword === "type" ? message.replaceAll(",", " or ") : message;
  const shown = (JSON.stringify(data) ?? "undefined").slice(0, 80);
  return `${instancePath === "" ? "/" : instancePath} ${told}${among} (is ${shown})`;
}

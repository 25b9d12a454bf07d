import {
  camelKeys,
  defined,
  Fields,
  type HostedTool,
  isObject,
  type JsonObject,
  type Tool,
  type ToolChoice,
} from "@agproxy/core";
import { camelObject } from "./camel-object.ts";
import { jsonSchema } from "./json-schema.ts";
import type { Reading } from "./messages.ts";

/** The tools of a request, by who runs them. */
export interface Toolbox {
  readonly tools?: readonly Tool[];
  readonly hostedTools?: readonly HostedTool[];
  /** Tools that only this vendor has, as they came. */
  readonly others: readonly JsonObject[];
}

const hosted: ReadonlyMap<string, HostedTool> = new Map([
  ["googleSearch", "web-search"],
  ["googleSearchRetrieval", "web-search"],
  ["urlContext", "url-context"],
  ["codeExecution", "code-execution"],
]);

/** Source: https://ai.google.dev/api/caching#Tool */
export function readTools(body: Fields, { pieces }: Pick<Reading, "pieces">): Toolbox {
  const tools: Tool[] = [];
  const own = new Set<HostedTool>();
  const others: JsonObject[] = [];
  for (const given of body.objects("tools")) {
    const fields = Fields.of(camelKeys(given.values), given.at);
    for (const declaration of fields.objects("functionDeclarations")) {
      const tool = readDeclaration(declaration);
      pieces.set(tool, declaration.values);
      tools.push(tool);
    }
    for (const [name, value] of Object.entries(fields.values)) {
      const known = hosted.get(name);
      if (known !== undefined) own.add(known);
      else if (name !== "functionDeclarations") others.push({ [name]: value });
    }
  }
  return {
    ...defined({
      tools: tools.length === 0 ? undefined : tools,
      hostedTools: own.size === 0 ? undefined : [...own],
    }),
    others,
  };
}

/** Source: https://ai.google.dev/api/caching#FunctionDeclaration */
function readDeclaration({ values, at }: Fields): Tool {
  const fields = Fields.of(camelKeys(values), at);
  const own = fields.get("parametersJsonSchema");
  const schema = fields.object("parameters")?.values;
  return {
    name: fields.name("name"),
    ...defined({
      description: fields.string("description"),
      parameters: isObject(own) ? own : schema && jsonSchema(schema),
    }),
  };
}

/** The modes, for clients that write enums as integers. */
const modes: readonly string[] = ["MODE_UNSPECIFIED", "AUTO", "ANY", "NONE", "VALIDATED"];

/** Source: https://ai.google.dev/api/caching#FunctionCallingConfig */
export function readToolChoice(body: Fields): ToolChoice | undefined {
  const tools = camelObject(body, "toolConfig");
  const config = tools && camelObject(tools, "functionCallingConfig");
  if (config === undefined) return undefined;
  const given = config.get("mode");
  const mode = typeof given === "number" ? modes[given] : given;
  const names = config.words("allowedFunctionNames");
  const limited = names.length === 0 ? {} : { names };
  if (mode === "ANY") return { mode: "required", ...limited };
  if (mode === "NONE") return { mode: "none" };
  return mode === "AUTO" || mode === "VALIDATED" ? { mode: "auto", ...limited } : undefined;
}

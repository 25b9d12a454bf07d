import {
  camelKeys,
  type ChatRequest,
  defined,
  Fields,
  type Incoming,
  type JsonObject,
  nativeRequests,
} from "@agproxy/core";
import { wire } from "../wire.ts";
import { CallIds } from "./call-ids.ts";
import { camelObject } from "./camel-object.ts";
import { type Pieces, readMessages } from "./messages.ts";
import { otherSettings, readMedia, readOutput, readReasoning, readSampling } from "./settings.ts";
import { readTools, readToolChoice, type Toolbox } from "./tools.ts";

/** What the path of a request says. */
export interface Asked {
  readonly model: string;
  /** Such as `generateContent`. */
  readonly method: string;
}

/**
 * Reads the body of `generateContent` and `streamGenerateContent`. Throws `invalid_request` with `param`; what the vocabulary
 * has no word for never fails.
 * Source: https://ai.google.dev/api/generate-content#method:-models.generatecontent
 */
export function readGenerate(body: unknown, { model, method }: Asked, pieces: Pieces): ChatRequest {
  const fields = Fields.of(camelKeys(Fields.of(body, "").values), "");
  const config = camelObject(fields, "generationConfig") ?? Fields.of({}, "generationConfig");
  const messages = readMessages(fields, { pieces, ids: new CallIds() });
  const { others, ...toolbox } = readTools(fields, { pieces });
  return {
    model,
    messages,
    stream: method === "streamGenerateContent",
    sampling: readSampling(config),
    ...toolbox,
    ...readMedia(config),
    ...defined({
      toolChoice: readToolChoice(fields),
      output: readOutput(config),
      reasoning: readReasoning(config),
      extensions: extensionsOf(fields, config, others),
    }),
  };
}

/** The same, kept with its body for upstreams of the same wire. */
export function decodeGenerate(body: unknown, asked: Asked, incoming: Incoming): ChatRequest {
  const pieces: Pieces = new Map();
  const request = readGenerate(body, asked, pieces);
  nativeRequests.keep(incoming, { wire, method: asked.method, body, request, pieces });
  return request;
}

const read: ReadonlySet<string> = new Set([
  "contents",
  "generationConfig",
  "model",
  "systemInstruction",
  "toolConfig",
  "tools",
]);

/** What only Google's models know, in the place where the other protocols have it, too. */
function extensionsOf(
  { values }: Fields,
  config: Fields,
  others: Toolbox["others"],
): ChatRequest["extensions"] {
  const own = Object.entries(values).filter(([name]) => !read.has(name));
  const settings = otherSettings(config);
  const google: JsonObject = {
    ...Object.fromEntries(own),
    ...(Object.keys(settings).length === 0 ? {} : { generationConfig: settings }),
    ...(others.length === 0 ? {} : { tools: others }),
  };
  return Object.keys(google).length === 0 ? undefined : { google };
}

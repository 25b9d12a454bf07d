import { camelKeys, type ChatRequest, type JsonObject, type NativeRequest } from "@agproxy/core";
import { type NamedWishes, servedModel } from "../models/known-model.ts";
import type { SentRequest } from "../request/generate-content-request.ts";
import { camelFields, withGoogleFields } from "../request/google-fields.ts";
import { type ToolNames, toolNames } from "../request/tool-names.ts";
import { fullDialect, toolConfig } from "../request/tool-plan.ts";
import { fields, list } from "../shape.ts";
import { changedFields, changedNames } from "./changed-fields.ts";
import { nativeConfig } from "./native-config.ts";
import { nativeContents } from "./native-contents.ts";
import type { NativeContext, NativeReading } from "./native-reading.ts";
import { nativeTools } from "./native-tools.ts";

/**
 * The body of a client that speaks this wire itself: as it came, but for what a hook or the mapping has changed. That is
 * translated, and takes the place of what was there.
 */
export function nativeRequest(
  request: ChatRequest,
  model: string,
  native: NativeRequest,
  context: NativeContext,
): SentRequest {
  const { dialect = fullDialect, now, unmark, isSigned = true } = context;
  const { named, family } = servedModel(model, now);
  const names = request === native.request ? asTheyAre : toolNames(request);
  const reading = { native, names, dialect, unmark, isSigned, signs: family.signs === true };
  const own = fields(native.body) ?? {};
  const isAsAsked = named.model === native.request.model && named.model === model;
  const isAsItCame = isAsAsked && request === native.request && dialect.jsonSchema;
  const body = isAsItCame ? own : changedBody(own, request, { model, named, now }, reading);
  const said = nativeContents(request.messages, body, reading);
  const sent = Object.keys(said).length === 0 ? body : changedFields(camelKeys(body), said);
  return { body: sent, model: named.model, names, calls: 1, ignored: [] };
}

const asTheyAre: ToolNames = { legal: (name) => name, original: (name) => name };

interface Target {
  readonly model: string;
  readonly named: NamedWishes;
  readonly now: number | undefined;
}

/** The body with everything but the conversation as the request has it now. */
function changedBody(
  given: JsonObject,
  request: ChatRequest,
  { model, named, now }: Target,
  reading: NativeReading,
): JsonObject {
  const { native, names } = reading;
  const own = camelKeys(given);
  const config = nativeConfig(own["generationConfig"], request, model, now, reading);
  const tools = nativeTools(own["tools"], request, model, now, reading);
  const before = toolConfig(native.request, names) ?? {};
  const after = toolConfig(request, names) ?? {};
  const choice = changedFields(
    fields(own["toolConfig"]) ?? {},
    (request.tools?.length ?? 0) === 0 && native.request.tools !== undefined
      ? { functionCallingConfig: undefined }
      : changedNames(before, after),
  );
  const body = changedFields(own, {
    ...(named.model !== native.request.model && own["model"] !== undefined
      ? { model: `models/${named.model}` }
      : {}),
    ...(config === own["generationConfig"] ? {} : { generationConfig: config }),
    ...(tools === own["tools"] ? {} : { tools }),
    ...(own["toolConfig"] === undefined && Object.keys(choice).length === 0
      ? {}
      : { toolConfig: Object.keys(choice).length === 0 ? undefined : choice }),
  });
  return withChangedExtensions(body, native.request, request);
}

/** Google's fields that a hook has set or taken away in `extensions`. */
function withChangedExtensions(
  body: JsonObject,
  { extensions: before }: ChatRequest,
  { extensions: after }: ChatRequest,
): JsonObject {
  if (before === after) return body;
  const [was, is] = [camelKeys(before?.google ?? {}), camelKeys(after?.google ?? {})];
  const { generationConfig: _config, tools: _tools, ...changes } = changedNames(was, is);
  const gone = Object.fromEntries(Object.keys(changes).map((name) => [name, undefined]));
  const kept = changedFields(body, {
    ...gone,
    // Of these two, the extensions have a part only: what agproxy has no word for.
    ...(was["generationConfig"] === is["generationConfig"] ? {} : changedConfig(body, was, is)),
    ...(was["tools"] === is["tools"] ? {} : changedTools(body, was, is)),
  });
  return withGoogleFields(kept, camelFields(changes));
}

function changedConfig(body: JsonObject, was: JsonObject, is: JsonObject): JsonObject {
  const config = changedFields(
    configOf(body),
    camelFields(changedNames(configOf(was), configOf(is))),
  );
  return { generationConfig: Object.keys(config).length === 0 ? undefined : config };
}

function configOf(body: JsonObject): JsonObject {
  return camelKeys(fields(body["generationConfig"]) ?? {});
}

function changedTools(body: JsonObject, was: JsonObject, is: JsonObject): JsonObject {
  const former = new Set(
    list(was["tools"]).flatMap((tool) => Object.keys(camelKeys(fields(tool) ?? {}))),
  );
  const kept = list(body["tools"]).flatMap((tool) => {
    const own = Object.entries(camelKeys(fields(tool) ?? {}));
    const rest = own.filter(([name]) => !former.has(name));
    return rest.length === 0 && own.length > 0 ? [] : [Object.fromEntries(rest)];
  });
  const tools = [...kept, ...list(is["tools"]).map((tool) => camelFields(fields(tool) ?? {}))];
  return { tools: tools.length === 0 ? undefined : tools };
}

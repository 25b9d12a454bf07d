import { camelKeys, type ChatRequest } from "@agproxy/core";
import { type KnownModel, servedModel } from "../models/known-model.ts";
import { generationConfig } from "../request/generation-config.ts";
import { fullDialect, isFormatted } from "../request/tool-plan.ts";
import { fields } from "../shape.ts";
import { changedFields, changedNames } from "./changed-fields.ts";
import type { NativeReading } from "./native-reading.ts";

/**
 * `generationConfig` with what was changed since it came, by a hook or because another model answers. Both the request as it
 * came and as it is now are translated: where these differ, the later one counts, and everything else stays.
 */
export function nativeConfig(
  own: unknown,
  request: ChatRequest,
  model: string,
  now: number | undefined,
  { native, dialect }: NativeReading,
): unknown {
  const asked = servedModel(native.request.model, now);
  const plain = { ...asked, named: { ...asked.named, webSearch: false, image: {} } };
  const before = translated(native.request, plain, fullDialect.jsonSchema);
  const after = translated(request, servedModel(model, now), dialect.jsonSchema);
  const changes = changedNames(before, after);
  if (Object.keys(changes).length === 0) return own;
  const config = changedFields(camelKeys(fields(own) ?? {}), changes);
  return Object.keys(config).length === 0 ? undefined : config;
}

function translated(request: ChatRequest, { named, family }: KnownModel, jsonSchema: boolean) {
  const format = isFormatted(request, (request.tools?.length ?? 0) > 0, family);
  const { choices = 1 } = request.sampling;
  const candidateCount = choices > 1 ? choices : undefined;
  return generationConfig(request, { family, named, format, candidateCount, jsonSchema });
}

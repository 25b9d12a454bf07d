export * from "./vocabulary/answer.ts";
export * from "./vocabulary/chat.ts";
export { collect } from "./vocabulary/collect.ts";
export { defined } from "./kit/defined.ts";
export {
  catalogue,
  type CatalogueEntry,
  type ErrorCode,
  type ErrorType,
} from "./errors/error-catalogue.ts";
export { createError, type OwnError } from "./errors/create-error.ts";
export { errorBody } from "./errors/error-body.ts";
export { AgproxyError, type ErrorDefinition, type ErrorOptions } from "./errors/agproxy-error.ts";
export { Fields, isObject, jsonText, wrong } from "./kit/fields.ts";
export {
  order,
  type HookFace,
  type HookFaces,
  type SyncHookFace,
  type TapOptions,
} from "./hooks/hooks.ts";
export type { Calls, HttpResponse, PlainRequest } from "./http/calls.ts";
export type { Http, HttpRequest } from "./http/http.ts";
export type { SideCalls, SideRequest } from "./http/side-calls.ts";
export type { Log } from "./kit/log.ts";
export { jsonBody } from "./kit/json-body.ts";
export { fromFileContent, fromUrl, type Located } from "./kit/media-source.ts";
export { mediaTypeOfContent, mediaTypeOfName } from "./kit/media-type.ts";
export { nearestName } from "./kit/nearest-name.ts";
export { readOptions, wrongOption } from "./kit/options.ts";
export * from "./hooks/plugin.ts";
export * from "./hooks/protocol.ts";
export * from "./hooks/route.ts";
export type { ServerSettings } from "./hooks/server-settings.ts";
export type { Timeouts } from "./http/timeouts.ts";
export type { Form, FormFile } from "./kit/form.ts";
export { remember } from "./kit/remember.ts";
export { namedSseFrame, SseDecoder, sseFrame, ssePing } from "./kit/sse.ts";
export * from "./hooks/stages.ts";
export { newStamp, randomId, type Stamp } from "./kit/stamp.ts";
export type { Store } from "./store/store.ts";
export { mapEvents } from "./vocabulary/map-events.ts";
export { yieldToEventLoop } from "./kit/event-loop.ts";
export { defineConfig, type Config } from "./config/config.ts";
export type { PluginEntry } from "./config/plugin-entries.ts";

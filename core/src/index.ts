export * from "./answer.ts";
export * from "./chat.ts";
export { collect } from "./collect.ts";
export { defined } from "./defined.ts";
export { catalogue, type ErrorCode, type ErrorType } from "./error-catalogue.ts";
export { errorBody } from "./error-body.ts";
export { AgproxyError, type ErrorOptions } from "./errors.ts";
export { Fields, jsonText, wrong } from "./fields.ts";
export {
  order,
  type HookFace,
  type HookFaces,
  type SyncHookFace,
  type TapOptions,
} from "./hooks.ts";
export type { Http, HttpRequest, HttpResponse } from "./http.ts";
export type { Log } from "./log.ts";
export { jsonBody } from "./json-body.ts";
export { fromFileContent, fromUrl, type Located } from "./media-source.ts";
export * from "./plugin.ts";
export { remember } from "./recent.ts";
export type { Server, Timeouts } from "./server.ts";
export { namedSseFrame, SseDecoder, sseFrame, ssePing } from "./sse.ts";
export * from "./stages.ts";
export { newStamp, randomId, type Stamp } from "./stamp.ts";
export type { Store } from "./store.ts";
export { mapEvents } from "./streams.ts";
export { turn } from "./turn.ts";
export { defineConfig, type Config } from "./config.ts";
export type { PluginEntry } from "./plugin-entries.ts";

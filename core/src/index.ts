export * from "./vocabulary/answer.ts";
export * from "./vocabulary/chat.ts";
export { estimatedTokens } from "./vocabulary/token-estimate.ts";
export { collect, mapEvents, streamOf, sumOfUsage } from "./vocabulary/chat-stream.ts";
export {
  catalogue,
  type CatalogueEntry,
  type ErrorCode,
  type ErrorType,
} from "./errors/error-catalogue.ts";
export {
  AgproxyError,
  createError,
  errorBody,
  type ErrorDefinition,
  type ErrorOptions,
  type OwnError,
} from "./errors/agproxy-error.ts";
export { severityOf } from "./errors/severity.ts";
export {
  exchangeRecord,
  type ExchangeRecord,
  type AttemptRecord,
  type ShownExchange,
} from "./request/exchange-record.ts";
export {
  type ExchangeHistory,
  exchangeHistory,
  type KeptExchange,
} from "./request/exchange-history.ts";
export { camelKeys, camelName } from "./kit/camel-keys.ts";
export { accountIds } from "./kit/account-id.ts";
export { addressGroup } from "./kit/address-group.ts";
export {
  defined,
  Fields,
  type Form,
  type FormFile,
  isObject,
  jsonText,
  wrong,
} from "./kit/fields.ts";
export { answerStream, payloadJson, type PayloadReader } from "./http/answer-stream.ts";
export { yieldToEventLoop } from "./kit/event-loop.ts";
export { jsonBody } from "./kit/json-body.ts";
export { JsonBounds } from "./kit/json-bounds.ts";
export { parseJson } from "./server/request-body.ts";
export { createHeldBytes, defaultHeldBytes, type Holding } from "./kit/held-bytes.ts";
export { fromFileContent, fromUrl, type Located } from "./kit/media-source.ts";
export { mediaKindOf, mediaTypeOfContent, mediaTypeOfName } from "./kit/media-type.ts";
export { nearestName, readOptions, wrongOption } from "./kit/options.ts";
export {
  accountListShape,
  keyShape,
  pluginNameShape,
  webAddressShape,
  webUrlShape,
} from "./kit/option-shapes.ts";
export { type Cost, costBy, priceShape, type PriceTable } from "./kit/prices.ts";
export { fits } from "./kit/wildcard.ts";
export { remember } from "./kit/remember.ts";
export { countIn, listIn, objectIn, objectsIn, parsedJson, wordIn } from "./kit/shape.ts";
export { isMarked, signatureMark, type SignatureMark } from "./kit/signature-mark.ts";
export { pageText, withoutSecrets } from "./kit/shown-text.ts";
export { namedSseFrame, splitSseFrames, SseDecoder, sseFrame, ssePing } from "./kit/sse.ts";
export { legalName } from "./kit/legal-name.ts";
export { createTurns, type Turns } from "./kit/turns.ts";
export { SharedToken, type TokenSource } from "./store/shared-token.ts";
export { newStamp, randomId, type Stamp } from "./kit/stamp.ts";
export { duration, retryAfterHeader } from "./kit/wait.ts";
export {
  order,
  type HookFace,
  type HookFaces,
  type SyncHookFace,
  type TapOptions,
} from "./hooks/hook-faces.ts";
export {
  accountEntries,
  type AccountKind,
  accountHeaders,
  accountOf,
  type AccountOptions,
  proxyOf,
} from "./hooks/account-options.ts";
export {
  type NativeAnswer,
  nativeAnswers,
  type NativeError,
  nativeErrors,
  type NativeRequest,
  nativeRequests,
} from "./hooks/native-words.ts";
export { defineExposed, type Exposed, type Exposing } from "./hooks/exposed.ts";
export { KnownQuotas } from "./hooks/known-quotas.ts";
export { type AccountReport, type PoolReport, poolReport, type Rest } from "./hooks/pool-report.ts";
export type {
  AccountTally,
  ExplainedAccount,
  GatewayReport,
  GatewayView,
  ModelExplanation,
  ReportedAccount,
} from "./hooks/gateway-view.ts";
export type { ProbedAccount } from "./hooks/account-probe.ts";
export {
  type CallerKey,
  type CallersReport,
  callersReport,
  type UsedLimit,
} from "./hooks/callers-report.ts";
export { apiVersion } from "./hooks/plugin-needs.ts";
export {
  accountFile,
  type AccountRecord,
  addToAccountFile,
  type NewAccount,
  withDisabled,
} from "./hooks/account-file.ts";
export { failureKind, type FailureKind } from "./hooks/failure-kind.ts";
export { firstRecovery, type Standing, standingOf } from "./hooks/standing.ts";
export type { PluginAccounts } from "./hooks/plugin-accounts.ts";
export { servesModel } from "./hooks/account-pool.ts";
export {
  definePlugin,
  type Log,
  type Plugin,
  type PluginContext,
  type Session,
  type StoreStart,
} from "./hooks/plugin.ts";
export * from "./hooks/protocol.ts";
export * from "./hooks/route.ts";
export { isLoopback, isReachable, type ServerSettings } from "./hooks/server-settings.ts";
export * from "./hooks/stages.ts";
export { isFree } from "./request/selection.ts";
export {
  errorText,
  type Calls,
  type HttpResponse,
  type PlainRequest,
  type Timeouts,
} from "./http/calls.ts";
export type { Http, HttpRequest, SideCalls, SideRequest } from "./http/http.ts";
export { memoryStore } from "./store/memory-store.ts";
export type { Store, StoredEntry, StoreWatcher } from "./store/store.ts";
export { Watches } from "./store/watches.ts";
export { ClosedFile, type PrivateContent, PrivateFile, stateFile } from "./store/private-file.ts";
export {
  createSeals,
  installationSecret,
  keepSecret,
  type Seal,
  type Seals,
} from "./store/seals.ts";
export { type ClientGuide, clientGuides, type ClientPlace } from "./config/client-catalogue.ts";
export { defineConfig, type Config } from "./config/config.ts";
export type { PluginEntry } from "./config/plugin-entries.ts";
export type { PluginCommandLine, RunCommand } from "./config/distribution.ts";

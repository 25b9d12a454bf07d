import { definePlugin, type Plugin } from "@agproxy/core";
import { modelList } from "./models/model-list.ts";
import { readGeminiOptions, type GeminiOptions } from "./options.ts";
import { type AccountKeys, keyReader, poolAccounts } from "./account-access.ts";
import { geminiUpstream } from "./upstream.ts";

export { answerDecoder, type AnswerDecoder, type DecoderOptions } from "./answer/answer-decoder.ts";
export { answerStream, type Unwrap, goodResponse } from "./answer/answer-stream.ts";
export { voices } from "./media/speech-config.ts";
export { callChat, type ChatTransport } from "./chat-call.ts";
export { families, familyOf, type Family, type Thinking } from "./models/families.ts";
export { cachedModels, type CachedModelsOptions } from "./models/cached-models.ts";
export { answeringModel, reroutedModels } from "./models/known-model.ts";
export { thinkingRoom } from "./models/thinking-room.ts";
export {
  generateContentRequest,
  type GeminiRequest,
  type RequestContext,
} from "./request/generate-content-request.ts";
export type { GeminiAccount, GeminiOptions } from "./options.ts";
export { signatureMemory, type SignatureMemory } from "./signatures/signature-memory.ts";
export type { Dialect } from "./request/tool-plan.ts";
export { accessOf, type Access, type AccessOptions, type TokenClient } from "./oauth/access.ts";
export { postWithToken, type TokenCall } from "./oauth/token-call.ts";
export { tokenTransport, type TokenFetchOptions } from "./oauth/token-fetch.ts";
export { geminiUpstream, type GeminiUpstreamOptions } from "./upstream.ts";
export { proxyOf } from "./account-access.ts";
export { upstreamError, type FailedAnswer } from "./errors/upstream-error.ts";
export type { GeminiBody, GeminiContent, GeminiPart } from "./wire.ts";

/** Accounts of the Gemini API: each key is one. Source: https://ai.google.dev/api */
export function gemini(options: GeminiOptions): Plugin {
  const { name, baseUrl, accounts: given } = readGeminiOptions(options);
  return definePlugin({
    name,
    apply(agproxy) {
      const keys: AccountKeys = new WeakMap();
      const key = keyReader(keys);
      const upstream = geminiUpstream(agproxy, { name, baseUrl, key });
      const accounts = poolAccounts(name, given, upstream, keys);
      agproxy.accounts(accounts);
      const { http, log } = agproxy;
      const models = modelList({ name, http, log, baseUrl, accounts, key, now: Date.now });
      agproxy.hooks.listModels.tap(name, async (known) => [...known, ...(await models())]);
    },
  });
}

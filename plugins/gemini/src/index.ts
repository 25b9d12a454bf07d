import { accountIds, definePlugin, KnownQuotas, type Plugin } from "@agproxy/core";
import { modelList } from "./models/model-list.ts";
import { accountKind, readGeminiOptions, type GeminiOptions } from "./options.ts";
import { accountMaker, type AccountKeys, keyReader } from "./account-access.ts";
import { noteSpentQuotas } from "./errors/spent-quotas.ts";
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
export { noteSpentQuotas } from "./errors/spent-quotas.ts";
export { upstreamError, type FailedAnswer } from "./errors/upstream-error.ts";
export type { GeminiBody, GeminiContent, GeminiPart } from "./wire.ts";

/** Accounts of the Gemini API: each key is one, of the config or of the accounts file. Source: https://ai.google.dev/api */
export function gemini(options: GeminiOptions = {}): Plugin {
  const { name, baseUrl, accounts: given } = readGeminiOptions(options);
  return definePlugin({
    name,
    accountKind,
    apply(agproxy) {
      const keys: AccountKeys = new WeakMap();
      const key = keyReader(keys);
      const known = new KnownQuotas();
      const upstream = geminiUpstream(agproxy, { name, baseUrl, key, known });
      noteSpentQuotas(agproxy.hooks, name, upstream, known);
      const make = accountMaker(upstream, keys);
      const idOf = accountIds(name);
      const accounts = agproxy.accounts(
        given.map((one, index) => make(one, idOf(one.key), `${name} key ${index + 1}`)),
      );
      agproxy.filedAccounts(accountKind, (one) => make(one, accountIds(name)(one.key), name));
      const { http, log } = agproxy;
      const models = modelList({ name, http, log, baseUrl, accounts, key, now: Date.now });
      agproxy.hooks.listModels.tap(name, async (known) => [...known, ...(await models())]);
    },
  });
}

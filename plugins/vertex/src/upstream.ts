import { type Account, type PluginContext, streamOf, type Upstream } from "@agproxy/core";
import { callChat, type Dialect, signatureMemory } from "@agproxy/plugin-gemini";
import { embeddingEvents } from "./embeddings.ts";
import { refuseUploads, withLabels } from "./request-body.ts";
import { listModels, postToModel, secretsOf, type VertexAccess } from "./vertex-call.ts";

/**
 * Vertex AI refuses ids of function calls, and the field that allows built-in tools beside functions. Whether it answers
 * retired names like the Gemini API is not known.
 */
const dialect: Dialect = { jsonSchema: true, mixedTools: false, callIds: false, reroutes: false };

/** The methods of Vertex AI: Gemini's wire under a project and a location. */
export function vertexUpstream(
  { http, store, log }: Pick<PluginContext, "http" | "store" | "log">,
  name: string,
  accessOf: (account: Account) => VertexAccess,
): Upstream {
  const memory = signatureMemory(store, log);
  return {
    name,
    async send(request, attempt) {
      const { account, exchange, model: asked } = attempt;
      const access = accessOf(account);
      if (request.embedding !== undefined) {
        const { signal } = exchange.incoming;
        const post = (method: string, body: object) =>
          postToModel(http, { account, access, model: asked, method, body, signal });
        return streamOf(await embeddingEvents(request, asked, post));
      }
      refuseUploads(request);
      const method = methodOf(request.stream);
      return callChat(request, attempt, {
        upstreamClass: () => "vertex",
        dialect,
        memory,
        secrets: () => secretsOf(access),
        post: ({ body, model }, signal) =>
          postToModel(http, {
            account,
            access,
            model,
            method,
            body: withLabels(body, access.labels),
            signal,
          }),
      });
    },
    async probe(account, signal) {
      await listModels(http, account, accessOf(account), "pageSize=1", signal);
    },
  };
}

function methodOf(stream: boolean): string {
  return stream ? "streamGenerateContent?alt=sse" : "generateContent";
}

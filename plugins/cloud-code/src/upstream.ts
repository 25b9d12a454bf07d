import { randomUUID } from "node:crypto";
import {
  type Access,
  callChat,
  postWithToken,
  signatureMemory,
  type Dialect,
} from "@agproxy/plugin-gemini";
import {
  AgproxyError,
  type Account,
  type KnownQuotas,
  type PluginContext,
  type Upstream,
} from "@agproxy/core";
import { envelope, unwrapped } from "./envelope.ts";
import type { Project } from "./project.ts";

/** What an account has that nobody else may see. */
export interface Private {
  readonly access: Access;
  readonly project: Project;
}

/**
 * Cloud Code reads Gemini's own Schema, and does not know the field that allows built-in tools beside functions. Whether
 * it answers retired names like the Gemini API is not known.
 */
const dialect: Dialect = {
  jsonSchema: false,
  mixedTools: false,
  reroutes: false,
};

/** The `v1internal` methods of Cloud Code: Gemini's wire inside an envelope. */
export function cloudCodeUpstream(
  { http, store, log }: Pick<PluginContext, "http" | "store" | "log">,
  baseUrl: string,
  privateOf: (account: Account) => Private,
  known: KnownQuotas,
): Upstream {
  const memory = signatureMemory(store, log);
  return {
    name: "cloud-code",
    async send(request, attempt) {
      const { account, model } = attempt;
      if (request.embedding !== undefined) throw noEmbeddings(model);
      const { access, project } = privateOf(account);
      return callChat(request, attempt, {
        upstreamClass: () => "cloud-code",
        dialect,
        memory,
        unwrap: unwrapped,
        secrets: access.secrets,
        post: async ({ body, model }, signal) =>
          postWithToken(http, {
            url: `${baseUrl}/v1internal:${method(request.stream)}`,
            body: envelope(body, {
              model: model.replace(/^models\//, ""),
              project: await project(),
              requestId: randomUUID(),
              sessionId: request.cacheKey,
            }),
            account,
            access,
            signal,
          }),
      });
    },
    async probe(account) {
      const { access, project } = privateOf(account);
      await access.token();
      await project();
    },
    quotas: (account) => known.of(account),
  };
}

/** `model_not_found` lets another account be tried. */
function noEmbeddings(model: string): AgproxyError {
  return new AgproxyError(
    "model_not_found",
    `Cloud Code has no embeddings, so ${model} was not asked.`,
    {
      advice: "Add an account of the Gemini API (plugin gemini) for embeddings.",
    },
  );
}

function method(stream: boolean): string {
  return stream ? "streamGenerateContent?alt=sse" : "generateContent";
}

import { randomUUID } from "node:crypto";
import {
  answerDecoder,
  answerStream,
  generateContentRequest,
  newCallId,
  signatureMemory,
  upstreamError,
  watched,
} from "@agproxy/plugin-gemini";
import type { Account, PluginContext, Upstream } from "agproxy";
import type { Access } from "./access.ts";
import { send } from "./call.ts";
import { envelope, unwrapped } from "./envelope.ts";
import type { Project } from "./project.ts";

/** What an account has that nobody else may see. */
export interface Private {
  readonly access: Access;
  readonly project: Project;
}

/** The `v1internal` methods of Cloud Code: Gemini's wire inside an envelope. */
export function cloudCodeUpstream(
  { http, store, log }: Pick<PluginContext, "http" | "store" | "log">,
  baseUrl: string,
  privateOf: (account: Account) => Private,
): Upstream {
  const memory = signatureMemory(store, log);
  return {
    name: "cloud-code",
    async send(request, { account, exchange }) {
      const { access, project } = privateOf(account);
      const signatures = await memory.recall(request, exchange.caller.id);
      const { body, names } = generateContentRequest(request, exchange.model, { signatures });
      const response = await send(http, {
        url: `${baseUrl}/v1internal:${method(request.stream)}`,
        body: envelope(body, {
          model: exchange.model.replace(/^models\//, ""),
          project: await project(),
          requestId: randomUUID(),
          sessionId: request.cacheKey,
        }),
        account,
        access,
        signal: exchange.incoming.signal,
      });
      const decoder = answerDecoder({
        newCallId,
        toolName: names.original,
        failure: (payload) =>
          upstreamError({ body: payload, now: Date.now(), secrets: access.secrets() }),
      });
      const stream = answerStream(response, request.stream, decoder, unwrapped);
      return watched(stream, (event) => memory.keep(event, exchange.caller.id));
    },
    async probe(account) {
      const { access, project } = privateOf(account);
      await access.token();
      await project();
    },
  };
}

function method(stream: boolean): string {
  return stream ? "streamGenerateContent?alt=sse" : "generateContent";
}

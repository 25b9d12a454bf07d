/** An upstream of Gemini's wire that answers with bytes of the test's choice, and keeps what it was sent. */
import {
  callChat,
  type ChatTransport,
  type Dialect,
  signatureMemory,
} from "@agproxy/plugin-gemini";
import { definePlugin, type HttpResponse, type Plugin, type Upstream } from "agproxy";

export interface RecordedUpstream {
  readonly plugin: Plugin;
  /** The bodies that were sent. */
  readonly sent: unknown[];
  /** Sets what is answered from now on. */
  answer(pieces: readonly Uint8Array[]): void;
}

const everything: Dialect = { jsonSchema: true, mixedTools: true };

export function recordedUpstream(dialect = everything): RecordedUpstream {
  const sent: unknown[] = [];
  let pieces: readonly Uint8Array[] = [];
  const plugin = definePlugin({
    name: "recorded",
    apply(agproxy) {
      const way: ChatTransport = {
        upstreamClass: () => "recorded",
        dialect,
        memory: signatureMemory(agproxy.store, agproxy.log),
        unwrap: (payload) =>
          (payload as { readonly response?: unknown } | null)?.response ?? payload,
        secrets: () => [],
        async post({ body }) {
          sent.push(body);
          return responseOf(pieces);
        },
      };
      const upstream: Upstream = {
        name: "recorded",
        send: (request, attempt) => callChat(request, attempt, way),
      };
      agproxy.accounts([{ id: "recorded", label: "recorded", upstream }]);
    },
  });
  return {
    plugin,
    sent,
    answer: (given) => {
      pieces = given;
    },
  };
}

function responseOf(pieces: readonly Uint8Array[]): HttpResponse {
  return {
    status: 200,
    headers: {},
    body: (async function* () {
      yield* pieces;
    })(),
    text: async () => Buffer.concat(pieces).toString(),
  };
}

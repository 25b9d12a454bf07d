import { estimatedTokens, type Protocol, type Seals } from "@agproxy/core";
import { messageEncoder } from "./answer/encoder.ts";
import { messagesErrors, wireError } from "./errors.ts";
import { decodeMessages, type DecodedMessages } from "./request/request.ts";
import { signatureToken } from "./signatures.ts";

/**
 * The wire of `POST /v1/messages`.
 * Source: https://docs.claude.com/en/api/messages
 */
export function messagesProtocol(seals: Seals): Protocol<DecodedMessages> {
  return {
    name: "anthropic-messages",
    decode: (body, { headers }, caller) =>
      decodeMessages(body, { seal: seals(caller.id), betas: headers["anthropic-beta"] }),
    encoder({ caller, incoming, request }, stamp, { display }) {
      // Taken out: what stays in the closures below lives as long as the answer.
      const { id } = incoming;
      const { model } = request;
      const seal = seals(caller.id);
      return messageEncoder({
        id: `msg_${stamp.id}`,
        model,
        inputTokens: request.stream ? estimatedTokens(request) : 0,
        seed: stamp.id,
        display,
        token: (signed) => signatureToken(signed, seal),
        error: (error) => wireError(error, { id }),
      });
    },
    ...messagesErrors,
  };
}

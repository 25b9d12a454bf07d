import { type Exchange, type Protocol, type Stamp, errorBody } from "@agproxy/core";
import { type AnswerHead, chatAnswer } from "./chat-answer.ts";
import { decodeChat, type DecodedChat, type ImagePlace } from "./chat-request.ts";
import { chatStream } from "./chat-stream.ts";
import { completionAnswer } from "./completion-answer.ts";
import { decodeCompletion, type DecodedCompletion } from "./completion-request.ts";
import { completionStream } from "./completion-stream.ts";
import { eitherWay } from "./choice-stream.ts";

/** The wire of `POST /v1/chat/completions`. */
export function chatProtocol(images: ImagePlace): Protocol<DecodedChat> {
  return {
    name: "openai-chat",
    example: {
      model: "gpt-4o",
      stream: true,
      messages: [{ role: "user", content: "Say hello" }],
    },
    decode: (body) => decodeChat(body, images),
    encoder(exchange, stamp, { wish }) {
      const head = answerHead("chatcmpl", exchange, stamp);
      return eitherWay(
        (answer) => chatAnswer(answer, head, wish),
        () => chatStream(head, wish),
      );
    },
    error: errorBody,
  };
}

/** The wire of `POST /v1/completions`. */
export function completionProtocol(): Protocol<DecodedCompletion> {
  return {
    name: "openai-completions",
    decode: decodeCompletion,
    encoder(exchange, stamp, { wish }) {
      const head = answerHead("cmpl", exchange, stamp);
      return eitherWay(
        (answer) => completionAnswer(answer, head, wish),
        () => completionStream(head, wish),
      );
    },
    error: errorBody,
  };
}

/**
 * The model is the one the client asked for, not the mapped one: clients look up limits and prices by the
 * name in the answer and know only their own. `X-Mapped-Model` tells the other.
 */
function answerHead(prefix: string, exchange: Exchange, { id, created }: Stamp): AnswerHead {
  return { id: `${prefix}-${id}`, created, model: exchange.request.model };
}

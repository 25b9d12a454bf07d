import { type Protocol, errorBody } from "@agproxy/core";
import { chatAnswer } from "./chat-answer.ts";
import { decodeChat, type DecodedChat } from "./chat-request.ts";
import { chatStream } from "./chat-stream.ts";
import { completionAnswer } from "./completion-answer.ts";
import { decodeCompletion, type DecodedCompletion } from "./completion-request.ts";
import { completionStream } from "./completion-stream.ts";
import { eitherWay } from "./either-way.ts";
import { stampOf } from "./stamp.ts";

/** The wire of `POST /v1/chat/completions`. */
export function chatProtocol(): Protocol<DecodedChat> {
  return {
    name: "openai-chat",
    example: {
      model: "gpt-4o",
      stream: true,
      messages: [{ role: "user", content: "Say hello" }],
    },
    decode: decodeChat,
    encoder(exchange, made, { wish }) {
      const stamp = stampOf("chatcmpl", exchange, made);
      return eitherWay(
        (answer) => chatAnswer(answer, stamp, wish),
        () => chatStream(stamp, wish),
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
    encoder(exchange, made, { wish }) {
      const stamp = stampOf("cmpl", exchange, made);
      return eitherWay(
        (answer) => completionAnswer(answer, stamp, wish),
        () => completionStream(stamp, wish),
      );
    },
    error: errorBody,
  };
}

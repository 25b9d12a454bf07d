import { type Incoming, type Protocol, errorBody } from "agproxy";
import { chatAnswer } from "./chat-answer.ts";
import { decodeChat, plainWish, type ChatWish } from "./chat-request.ts";
import { chatStream } from "./chat-stream.ts";
import { completionAnswer } from "./completion-answer.ts";
import { decodeCompletion, type CompletionWish } from "./completion-request.ts";
import { completionStream } from "./completion-stream.ts";
import { eitherWay } from "./either-way.ts";
import { stampOf } from "./stamp.ts";

/** The wire of `POST /v1/chat/completions`. */
export function chatProtocol(): Protocol {
  const wishes = new WeakMap<Incoming, ChatWish>();
  return {
    name: "openai-chat",
    decode(body, incoming) {
      const decoded = decodeChat(body);
      wishes.set(incoming, decoded.wish);
      return decoded;
    },
    encoder(exchange, made) {
      const stamp = stampOf("chatcmpl", exchange, made);
      const wish = wishes.get(exchange.incoming) ?? plainWish;
      return eitherWay(
        (answer) => chatAnswer(answer, stamp, wish),
        () => chatStream(stamp, wish),
      );
    },
    error: errorBody,
  };
}

/** The wire of `POST /v1/completions`. */
export function completionProtocol(): Protocol {
  const wishes = new WeakMap<Incoming, CompletionWish>();
  return {
    name: "openai-completions",
    decode(body, incoming) {
      const decoded = decodeCompletion(body);
      wishes.set(incoming, decoded.wish);
      return decoded;
    },
    encoder(exchange, made) {
      const stamp = stampOf("cmpl", exchange, made);
      const wish = wishes.get(exchange.incoming) ?? { includeUsage: false, prefix: "" };
      return eitherWay(
        (answer) => completionAnswer(answer, stamp, wish),
        () => completionStream(stamp, wish),
      );
    },
    error: errorBody,
  };
}

import { type Form, type Incoming, type Protocol, errorBody } from "agproxy";
import { decodeTranscript, plainWish, type TranscriptWish } from "./transcript-request.ts";
import type { Task } from "./task.ts";
import { transcriptBody } from "./transcript-body.ts";
import { transcriptStream } from "./transcript-stream.ts";

/** The wire of `POST /v1/audio/transcriptions` and of `POST /v1/audio/translations`. */
export function transcriptProtocol(task: Task): Protocol {
  const wishes = new WeakMap<Incoming, TranscriptWish>();
  return {
    name: `openai-${task}s`,
    takes: "form",
    decode(body, incoming) {
      const { wish, ...decoded } = decodeTranscript(body as Form, task);
      wishes.set(incoming, wish);
      return decoded;
    },
    encoder({ incoming }) {
      const wish = wishes.get(incoming) ?? plainWish;
      return {
        ...transcriptStream(task, wish),
        whole: (answer) => transcriptBody(answer, task, wish),
      };
    },
    error: errorBody,
  };
}

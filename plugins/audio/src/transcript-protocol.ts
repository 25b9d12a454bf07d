import { type Form, type Protocol, errorBody } from "@agproxy/core";
import { decodeTranscript, type DecodedTranscript } from "./transcript-request.ts";
import type { Task } from "./task.ts";
import { transcriptBody } from "./transcript-body.ts";
import { transcriptStream } from "./transcript-stream.ts";

/** The wire of `POST /v1/audio/transcriptions` and of `POST /v1/audio/translations`. */
export function transcriptProtocol(task: Task): Protocol<DecodedTranscript> {
  return {
    name: `openai-${task}s`,
    takes: "form",
    decode: (body) => decodeTranscript(body as Form, task),
    encoder(_exchange, _stamp, { wish }) {
      return {
        ...transcriptStream(task, wish),
        whole: (answer) => transcriptBody(answer, task, wish),
      };
    },
    error: errorBody,
  };
}

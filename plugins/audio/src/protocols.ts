import { type Form, type Protocol, errorBody, FileBody, type Answer } from "@agproxy/core";
import {
  decodeTranscript,
  type DecodedTranscript,
  type TranscriptWish,
  type Task,
} from "./transcript-request.ts";
import { transcriptStream } from "./transcript-stream.ts";
import { assertWhole, outcomeOf } from "./outcome.ts";
import { transcriptUsage, wireLogprobs } from "./transcript-details.ts";
import { speechFile } from "./speech-file.ts";
import { decodeSpeech, type DecodedSpeech } from "./speech-request.ts";
import { speechStream } from "./speech-stream.ts";

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

/**
 * The transcript of a whole answer, as JSON or as text. Throws where it is not whole; nothing said is no
 * failure, but an empty transcript.
 * Source: https://platform.openai.com/docs/api-reference/audio/json-object
 */
function transcriptBody(answer: Answer, task: Task, wish: TranscriptWish): unknown {
  const [choice] = answer.choices;
  const outcome = outcomeOf(choice);
  assertWhole(task, outcome);
  if (wish.bare) return new FileBody("text/plain; charset=utf-8", Buffer.from(outcome.said));
  return {
    text: outcome.said,
    ...(wish.logprobs ? { logprobs: wireLogprobs(choice?.logprobs ?? []) } : {}),
    ...(answer.usage === undefined ? {} : { usage: transcriptUsage(answer.usage) }),
  };
}

/** The wire of `POST /v1/audio/speech`. */
export function speechProtocol(): Protocol<DecodedSpeech> {
  return {
    name: "openai-speech",
    decode: decodeSpeech,
    encoder(_exchange, _stamp, { format }) {
      return { ...speechStream(format), whole: (answer) => speechFile(answer, format) };
    },
    error: errorBody,
  };
}

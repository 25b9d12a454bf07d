import { type Protocol, errorBody } from "@agproxy/core";
import { speechFile } from "./speech-file.ts";
import { decodeSpeech, type DecodedSpeech } from "./speech-request.ts";
import { speechStream } from "./speech-stream.ts";

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

import { type Incoming, type Protocol, errorBody } from "agproxy";
import { speechFile } from "./speech-file.ts";
import { decodeSpeech, type SpeechFormat } from "./speech-request.ts";
import { speechStream } from "./speech-stream.ts";

/** The wire of `POST /v1/audio/speech`. */
export function speechProtocol(): Protocol {
  const formats = new WeakMap<Incoming, SpeechFormat>();
  return {
    name: "openai-speech",
    decode(body, incoming) {
      const { format, ...decoded } = decodeSpeech(body);
      formats.set(incoming, format);
      return decoded;
    },
    encoder({ incoming }) {
      const format = formats.get(incoming) ?? "wav";
      return { ...speechStream(format), whole: (answer) => speechFile(answer, format) };
    },
    error: errorBody,
  };
}

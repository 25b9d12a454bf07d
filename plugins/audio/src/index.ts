import { definePlugin, type Plugin } from "@agproxy/core";
import { speechProtocol } from "./speech-protocol.ts";
import { transcriptProtocol } from "./transcript-protocol.ts";

/** Serves OpenAI's speech, transcriptions and translations. It has no options. */
export function audio(): Plugin {
  return definePlugin({
    name: "audio",
    apply(agproxy) {
      agproxy.chat("/v1/audio/speech", speechProtocol());
      agproxy.chat("/v1/audio/transcriptions", transcriptProtocol("transcription"));
      agproxy.chat("/v1/audio/translations", transcriptProtocol("translation"));
    },
  });
}

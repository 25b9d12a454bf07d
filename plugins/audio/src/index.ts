import * as v from "valibot";
import { definePlugin, type Plugin, readOptions } from "@agproxy/core";
import { speechProtocol, transcriptProtocol } from "./protocols.ts";

/** Serves OpenAI's speech, transcriptions and translations. It has no options. */
export function audio(options: Readonly<Record<string, never>> = {}): Plugin {
  readOptions("audio", v.strictObject({}), options, "audio()");
  return definePlugin({
    name: "audio",
    apply(agproxy) {
      agproxy.chat("/v1/audio/speech", speechProtocol());
      agproxy.chat("/v1/audio/transcriptions", transcriptProtocol("transcription"));
      agproxy.chat("/v1/audio/translations", transcriptProtocol("translation"));
    },
  });
}

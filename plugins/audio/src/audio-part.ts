import { extname } from "node:path";
import { type Form, type MediaPart, wrong } from "@agproxy/core";

/** The formats that the API takes, by extension. Source: https://platform.openai.com/docs/guides/speech-to-text */
const types: Readonly<Record<string, string>> = {
  ".aac": "audio/aac",
  ".flac": "audio/flac",
  ".m4a": "audio/m4a",
  ".mp3": "audio/mp3",
  ".mp4": "audio/mp4",
  ".mpeg": "audio/mpeg",
  ".mpga": "audio/mpeg",
  ".oga": "audio/ogg",
  ".ogg": "audio/ogg",
  ".opus": "audio/ogg",
  ".wav": "audio/wav",
  ".webm": "audio/webm",
};

/** The recording. Throws where there is none. Its type is what the client says, else what its name says. */
export function audioPart({ files }: Form): MediaPart {
  const file = files.find(({ field }) => field === "file");
  if (file === undefined) throw wrong("file", "a file of the form");
  const { filename, data } = file;
  if (data === "") throw wrong("file", "a file with something in it");
  // Browsers add what codec they recorded with: `audio/webm;codecs=opus`.
  const [said = ""] = file.mimeType.toLowerCase().split(";", 1);
  const known = /^(audio|video)\//.test(said) ? said : types[extname(filename).toLowerCase()];
  const part = { type: "media", media: "audio", source: { kind: "data", data }, filename } as const;
  return known === undefined ? part : { ...part, mimeType: known };
}

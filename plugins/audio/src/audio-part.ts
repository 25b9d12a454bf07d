import { type Form, mediaTypeOfName, type MediaPart, wrong } from "@agproxy/core";

/** The recording. Throws where there is none. Its type is what the client says, else what its name says. */
export function audioPart({ files }: Form): MediaPart {
  const file = files.find(({ field }) => field === "file");
  if (file === undefined) throw wrong("file", "a file of the form");
  const { filename, data } = file;
  if (data === "") throw wrong("file", "a file with something in it");
  // Browsers add what codec they recorded with: `audio/webm;codecs=opus`.
  const [said = ""] = file.mimeType.toLowerCase().split(";", 1);
  const known = isSound(said) ? said : soundTypeOf(filename);
  const part = { type: "media", media: "audio", source: { kind: "data", data }, filename } as const;
  return known === undefined ? part : { ...part, mimeType: known };
}

/** A container that may hold pictures too is taken for sound: transcriptions have no other use for it. */
function soundTypeOf(filename: string): string | undefined {
  const type = mediaTypeOfName(filename);
  return type !== undefined && isSound(type) ? type.replace("video/", "audio/") : undefined;
}

function isSound(type: string): boolean {
  return /^(audio|video)\//.test(type);
}

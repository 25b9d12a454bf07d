import { defined, type Fields, type ImageOptions } from "@agproxy/core";
import { ignoredIn } from "./ignored-fields.ts";
import type { SoundFormat } from "./spoken.ts";

export function imageOptions(fields: Fields): ImageOptions | undefined {
  const options = defined({
    size: fields.string("size") || undefined,
    quality: fields.string("quality") || undefined,
    aspectRatio: fields.string("aspect_ratio") || undefined,
  });
  return Object.keys(options).length > 0 ? options : undefined;
}

export function modalities(fields: Fields): readonly string[] | undefined {
  const list = fields.list("modalities") ?? [];
  const words = list.map((word, index) => {
    if (typeof word === "string") return word;
    throw fields.wrong(`modalities[${index}]`, "a string");
  });
  return words.length > 0 ? words : undefined;
}

/** The voice to answer with: a name, or the id of a custom voice. */
export function voice(fields: Fields): string | undefined {
  if (modalities(fields)?.includes("audio") !== true) return undefined;
  const audio = fields.peek("audio");
  const own = audio?.peek("voice");
  return (own === undefined ? audio?.string("voice") : own.string("id")) || undefined;
}

/**
 * How the client gets sound, where it asked for any: as a WAV file, or as bare samples, which is the only form that can
 * be streamed.
 */
export function soundFormat(fields: Fields): SoundFormat | undefined {
  if (modalities(fields)?.includes("audio") !== true) return undefined;
  const isBare = fields.get("stream") === true || fields.peek("audio")?.get("format") === "pcm16";
  return isBare ? "pcm16" : "wav";
}

/** `audio` has no effect without the modality; other encodings than the two are not made. */
export function ignoredAudio(fields: Fields): readonly string[] {
  const audio = fields.peek("audio");
  if (audio === undefined || voice(fields) === undefined) return ignoredIn(fields, ["audio"]);
  if (audio.get("format") === soundFormat(fields)) return [];
  return ignoredIn(audio, ["format"]).map(() => "audio.format");
}

/**
 * Other spellings of media types, and Gemini's own. A type that is in neither list is sent as it is.
 * Sources: https://ai.google.dev/gemini-api/docs/image-understanding#supported-formats,
 * https://ai.google.dev/gemini-api/docs/audio#supported-formats,
 * https://ai.google.dev/gemini-api/docs/video-understanding#supported-formats,
 * https://firebase.google.com/docs/ai-logic/input-file-requirements
 */
const spellings: Readonly<Record<string, string>> = {
  "image/jpg": "image/jpeg",
  "image/jpe": "image/jpeg",
  "image/jfif": "image/jpeg",
  "image/pjpeg": "image/jpeg",
  "image/x-jpeg": "image/jpeg",
  "image/x-jpg": "image/jpeg",
  "image/x-citrix-jpeg": "image/jpeg",
  "image/x-png": "image/png",
  "image/x-citrix-png": "image/png",
  "image/x-webp": "image/webp",
  "image/x-heic": "image/heic",
  "image/x-heif": "image/heif",
  "audio/wave": "audio/wav",
  "audio/x-wav": "audio/wav",
  "audio/x-pn-wav": "audio/wav",
  "audio/vnd.wave": "audio/wav",
  "audio/mpeg3": "audio/mp3",
  "audio/x-mp3": "audio/mp3",
  "audio/x-mpeg": "audio/mp3",
  "audio/x-mpeg-3": "audio/mp3",
  "audio/mpg": "audio/mp3",
  "audio/x-mpg": "audio/mp3",
  "audio/aif": "audio/aiff",
  "audio/x-aiff": "audio/aiff",
  "audio/x-aac": "audio/aac",
  "audio/aacp": "audio/aac",
  "audio/vnd.dlna.adts": "audio/aac",
  "audio/x-m4a": "audio/m4a",
  "audio/x-flac": "audio/flac",
  "audio/x-ogg": "audio/ogg",
  "audio/vorbis": "audio/ogg",
  "application/ogg": "audio/ogg",
  "audio/x-opus": "audio/opus",
  "audio/x-opus+ogg": "audio/ogg",
  "video/quicktime": "video/mov",
  "video/x-quicktime": "video/mov",
  "video/x-msvideo": "video/avi",
  "video/msvideo": "video/avi",
  "video/vnd.avi": "video/avi",
  "video/x-ms-wmv": "video/wmv",
  "video/flv": "video/x-flv",
  "video/3gp": "video/3gpp",
  "video/m4v": "video/mp4",
  "video/x-m4v": "video/mp4",
  "video/x-mpeg": "video/mpeg",
  "application/x-pdf": "application/pdf",
  "application/acrobat": "application/pdf",
  "text/pdf": "application/pdf",
  "text/x-pdf": "application/pdf",
  "text/x-markdown": "text/markdown",
};

/**
 * A media type as Gemini spells it, without parameters such as `charset`: it refuses both. Raw audio keeps its
 * parameters, because nothing else tells its rate.
 */
export function geminiMediaType(given: string): string {
  const [bare = ""] = given.split(";", 1);
  const type = bare.trim().toLowerCase();
  if (type === "audio/l16" || type === "audio/pcm") return given.trim();
  return Object.hasOwn(spellings, type) ? (spellings[type] ?? type) : type;
}

import {
  AgproxyError,
  type ChatRequest,
  type Decoded,
  defined,
  type Message,
  Fields,
  wrong,
} from "@agproxy/core";
import { vendorExtensions } from "@agproxy/plugin-openai-wire";

/** Formats that need no encoder: models answer with bare samples. */
export type SpeechFormat = "wav" | "pcm";

export interface DecodedSpeech extends Decoded {
  readonly format: SpeechFormat;
}

/**
 * Reads the body of `POST /v1/audio/speech`. Throws `invalid_request` with `param`.
 *
 * The text is a message of its own, exactly as the client wrote it: newer models speak every word of it.
 * How it is to be spoken is an instruction, for the upstream to put where its model wants it.
 * Source: https://platform.openai.com/docs/api-reference/audio/createSpeech
 */
export function decodeSpeech(body: unknown): DecodedSpeech {
  const fields = Fields.of(body, "");
  const text = fields.name("input");
  const instructions = fields.string("instructions") ?? "";
  const request: ChatRequest = {
    model: fields.name("model"),
    messages: [
      ...(instructions === "" ? [] : [message("system", instructions)]),
      message("user", text),
    ],
    stream: isStream(fields),
    sampling: {},
    modalities: ["audio"],
    voice: voiceName(fields),
    ...defined({ extensions: vendorExtensions(fields) }),
  };
  return { request, ...formatOf(fields) };
}

function message(role: Message["role"], text: string): Message {
  return { role, content: [{ type: "text", text }] };
}

/** A name, or the id of a custom voice. Models need a voice, so there is a default. */
function voiceName(fields: Fields): string {
  return (fields.peek("voice")?.string("id") ?? fields.string("voice")) || "alloy";
}

function isStream(fields: Fields): boolean {
  const format = fields.string("stream_format") || "audio";
  if (format === "audio" || format === "sse") return format === "sse";
  throw wrong("stream_format", '"audio" or "sse"');
}

/**
 * `mp3` is the API's default, and many clients ask for it by name, so it is answered with a WAV file under its own
 * media type, which players go by. Clients that ask for another encoding need exactly that, so they get an error.
 */
function formatOf(fields: Fields): { format: SpeechFormat; ignored: readonly string[] } {
  const speed = (fields.number("speed") ?? 1) === 1 ? [] : ["speed"];
  const format = fields.string("response_format") || "mp3";
  if (format === "wav" || format === "pcm") return { format, ignored: speed };
  if (format === "mp3") return { format: "wav", ignored: ["response_format", ...speed] };
  throw new AgproxyError(
    "invalid_request",
    `\`response_format\` is ${JSON.stringify(format)}, but the models give bare samples and agproxy has no encoder.`,
    { param: "response_format", advice: 'Ask for "wav" or "pcm" and encode it yourself.' },
  );
}

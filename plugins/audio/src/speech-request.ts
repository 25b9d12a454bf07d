import {
  AgproxyError,
  type ChatRequest,
  type Decoded,
  type Message,
  Fields,
  wrong,
} from "@agproxy/core";

/** What can be made of the samples that models give, without an encoder. */
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
  const google = fields.peek("google") ?? fields.peek("extra_body")?.peek("google");
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
    ...(google === undefined ? {} : { extensions: { google: google.values } }),
  };
  return { request, ...formatOf(fields) };
}

function message(role: Message["role"], text: string): Message {
  return { role, content: [{ type: "text", text }] };
}

/** A name, or the object of a voice that somebody made. Models do not speak without one, so there is a default. */
function voiceName(fields: Fields): string {
  return (fields.peek("voice")?.string("id") ?? fields.string("voice")) || "alloy";
}

function isStream(fields: Fields): boolean {
  const format = fields.string("stream_format") || "audio";
  if (format === "audio" || format === "sse") return format === "sse";
  throw wrong("stream_format", '"audio" or "sse"');
}

/**
 * `mp3` is what the API answers by default and what many clients write out, so refusing it would shut them
 * out. They get a WAV file that says so, and players go by that. Who asks for any other encoding needs it.
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

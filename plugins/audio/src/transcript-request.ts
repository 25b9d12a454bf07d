import {
  AgproxyError,
  type ChatRequest,
  type Decoded,
  type Form,
  type Part,
  Fields,
} from "@agproxy/core";
import { audioPart } from "./audio-part.ts";
import { transcriptionHints } from "./hints.ts";
import { instructions, type Task } from "./task.ts";

/** How the client wants the transcript written. */
export interface TranscriptWish {
  /** As text instead of JSON. */
  readonly bare: boolean;
  readonly logprobs: boolean;
}

export interface DecodedTranscript extends Decoded {
  readonly wish: TranscriptWish;
}

/** Fields that no language model can honour. The README lists them too. */
const unhonoured: readonly string[] = [
  "chunking_strategy",
  "known_speaker_names",
  "known_speaker_references",
  "timestamp_granularities",
];

/**
 * Reads the form of `POST /v1/audio/transcriptions` or `…/translations`. Throws `invalid_request` with `param`.
 * Source: https://platform.openai.com/docs/api-reference/audio/createTranscription
 */
export function decodeTranscript(form: Form, task: Task): DecodedTranscript {
  const fields = Fields.ofForm(form);
  const temperature = fields.number("temperature");
  const streams = fields.boolean("stream") ?? false;
  const logprobs = task === "transcription" && fields.words("include").includes("logprobs");
  const content: readonly Part[] = [
    { type: "text", text: instructions[task] },
    ...transcriptionHints(fields).map((text) => ({ type: "text", text }) as const),
    audioPart(form),
  ];
  const request: ChatRequest = {
    model: fields.name("model"),
    messages: [{ role: "user", content }],
    stream: streams && task === "transcription",
    sampling: {
      ...(temperature === undefined ? {} : { temperature }),
      ...(logprobs ? { logprobs: 0 } : {}),
    },
    modalities: ["text"],
    // These APIs have no field for thoughts.
    reasoning: { include: false },
  };
  const ignored = unhonoured.filter((name) => fields.has(name));
  const unstreamed = streams && task === "translation" ? ["stream"] : [];
  return {
    request,
    ignored: [...ignored, ...unstreamed],
    wish: { bare: isBare(fields), logprobs },
  };
}

function isBare(fields: Fields): boolean {
  const format = fields.string("response_format") ?? "json";
  if (format === "json" || format === "text") return format === "text";
  throw new AgproxyError(
    "invalid_request",
    `\`response_format\` is ${JSON.stringify(format)}, but a language model cannot tell the times or the speakers that it needs.`,
    { param: "response_format", advice: 'Ask for "json" or "text".' },
  );
}

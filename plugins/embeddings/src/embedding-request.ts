import {
  AgproxyError,
  type ChatRequest,
  type Decoded,
  type Message,
  Fields,
  wrong,
} from "@agproxy/core";

export type EncodingFormat = "float" | "base64";

export interface DecodedEmbedding extends Decoded {
  readonly format: EncodingFormat;
}

/**
 * Reads the body of `POST /v1/embeddings`. Throws `invalid_request` with `param`.
 * Source: https://platform.openai.com/docs/api-reference/embeddings/create
 */
export function decodeEmbedding(body: unknown): DecodedEmbedding {
  const fields = Fields.of(body, "");
  const dimensions = fields.integer("dimensions", 1);
  const user = fields.string("user");
  const google = fields.peek("google") ?? fields.peek("extra_body")?.peek("google");
  const request: ChatRequest = {
    model: fields.name("model"),
    messages: inputs(fields.get("input")).map(message),
    stream: false,
    sampling: {},
    embedding: dimensions === undefined ? {} : { dimensions },
    ...(user === undefined || user === "" ? {} : { user }),
    ...(google === undefined ? {} : { extensions: { google: google.values } }),
  };
  const ignored = fields.get("stream") === true ? ["stream"] : [];
  return { request, ignored, format: encodingFormat(fields) };
}

/** One message for each input: that is how the vocabulary asks for one vector each. */
function message(text: string): Message {
  return { role: "user", content: [{ type: "text", text }] };
}

function inputs(value: unknown): readonly string[] {
  if (typeof value === "string" && value !== "") return [value];
  if (!Array.isArray(value) || value.length === 0) {
    throw wrong("input", "a non-empty string or an array of them");
  }
  return value.map((item: unknown, index) => {
    if (typeof item === "string" && item !== "") return item;
    if (typeof item === "number" || Array.isArray(item)) throw tokens();
    throw wrong(`input[${index}]`, "a non-empty string");
  });
}

/** Token numbers are those of one vendor's tokenizer; to another vendor's model they mean nothing. */
function tokens(): AgproxyError {
  return new AgproxyError(
    "invalid_request",
    "`input` has tokens, which only the model they were made for can read.",
    {
      param: "input",
      advice:
        "Send text; in LangChain, for example, with `check_embedding_ctx_length=False` (Python).",
    },
  );
}

function encodingFormat(fields: Fields): EncodingFormat {
  const format = fields.get("encoding_format") ?? "float";
  if (format === "float" || format === "base64") return format;
  throw wrong("encoding_format", '"float" or "base64"');
}

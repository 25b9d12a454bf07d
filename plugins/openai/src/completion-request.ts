import { defined, type ChatRequest, type Decoded, Fields } from "@agproxy/core";
import { identity, includeUsage } from "./chat-request.ts";
import { ignoredIn, ignoredInCompletions } from "./ignored-fields.ts";
import { sampling } from "./sampling.ts";

/** How the client wants the answer written. */
export interface CompletionWish {
  readonly includeUsage: boolean;
  /** Text that each answer begins with: the prompt where `echo` asks for it. */
  readonly prefix: string;
}

export interface DecodedCompletion extends Decoded {
  readonly wish: CompletionWish;
}

/**
 * Reads the body of `POST /v1/completions`. Throws `invalid_request` with `param`.
 * Source: https://platform.openai.com/docs/api-reference/completions/create
 */
export function decodeCompletion(body: unknown): DecodedCompletion {
  const fields = Fields.of(body, "");
  const model = fields.name("model");
  const text = prompt(fields);
  const request: ChatRequest = {
    model,
    messages: [{ role: "user", content: [{ type: "text", text }] }],
    stream: fields.boolean("stream") ?? false,
    sampling: sampling(fields),
    // This API has no field for thoughts.
    reasoning: { include: false },
    ...defined(identity(fields)),
  };
  const prefix = fields.boolean("echo") === true ? text : "";
  return {
    request,
    ignored: ignoredIn(fields, ignoredInCompletions),
    wish: { includeUsage: includeUsage(fields), prefix },
  };
}

function prompt(fields: Fields): string {
  const value = fields.get("prompt");
  const only: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value;
  if (typeof only === "string" && only !== "") return only;
  // Several prompts would be several exchanges, and tokens are numbers of another vendor's tokenizer.
  throw fields.wrong("prompt", "a non-empty string, or an array with one; send tokens as text");
}

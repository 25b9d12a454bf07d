import { AgproxyError, defined, type ChatRequest, type Decoded, Fields } from "@agproxy/core";
import { identity } from "@agproxy/plugin-openai-wire";
import { includeUsage, sampling } from "./chat-request.ts";
import { ignoredIn, ignoredInCompletions } from "./ignored-fields.ts";

/** How the client wants the answer written. */
export interface CompletionWish {
  readonly includeUsage: boolean;
  /** How many choices each prompt gets. */
  readonly choices: number;
  /** Text that a choice begins with: its prompt, where `echo` asks for it. */
  readonly prefix: (choice: number) => string;
}

export interface DecodedCompletion extends Decoded {
  /** One for each prompt; the first is `request`. */
  readonly requests: readonly ChatRequest[];
  readonly wish: CompletionWish;
}

/**
 * Reads the body of `POST /v1/completions`. Throws `invalid_request` with `param`.
 * Source: https://platform.openai.com/docs/api-reference/completions/create
 */
export function decodeCompletion(body: unknown): DecodedCompletion {
  const fields = Fields.of(body, "");
  const prompts = readPrompts(fields);
  const shared = {
    model: fields.name("model"),
    stream: fields.boolean("stream") ?? false,
    sampling: sampling(fields),
    // This API has no field for thoughts.
    reasoning: { include: false },
    ...defined(identity(fields)),
  };
  const [request, ...others] = prompts.map((text): ChatRequest => ({
    ...shared,
    messages: [{ role: "user", content: [{ type: "text", text }] }],
  }));
  if (request === undefined) throw noPrompt(fields);
  const choices = shared.sampling.choices ?? 1;
  const echo = fields.boolean("echo") === true;
  const prefix = (choice: number) => (echo ? (prompts[Math.floor(choice / choices)] ?? "") : "");
  return {
    request,
    requests: [request, ...others],
    ignored: ignoredIn(fields, ignoredInCompletions),
    wish: { includeUsage: includeUsage(fields), choices, prefix },
  };
}

/** Each prompt is a call of the upstream. */
const maxPrompts = 128;

function readPrompts(fields: Fields): readonly string[] {
  const value = fields.get("prompt");
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length > maxPrompts) throw fields.wrong("prompt", `at most ${maxPrompts} prompts`);
  return list.map((prompt, index) => {
    if (typeof prompt === "string" && prompt !== "") return prompt;
    if (typeof prompt === "number" || Array.isArray(prompt)) throw tokens(fields.path("prompt"));
    if (Array.isArray(value)) throw fields.wrong(`prompt[${index}]`, "a non-empty string");
    throw noPrompt(fields);
  });
}

function noPrompt(fields: Fields): AgproxyError {
  return fields.wrong("prompt", "a non-empty string or an array of them");
}

/** Tokens are numbers of one vendor's tokenizer; to another vendor's model they mean nothing. */
function tokens(param: string): AgproxyError {
  return new AgproxyError(
    "invalid_request",
    `\`${param}\` has tokens, which only the model they were made for can read.`,
    { param, advice: "Send text." },
  );
}

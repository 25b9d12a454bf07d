import { type ChatEvent, type ChatStream, type Exchange, mapEvents } from "@agproxy/core";

/** Of each of the two bodies. */
const maxCharacters = 16_384;
/** Of one text in them: a long document would push out the rest. */
const maxTextCharacters = 4096;

/** What looks like a key, a token or a password, wherever it stands in a text. */
const secrets =
  /\b(?:sk|pk|rk|gsk|xai|ghp|gho|glpat|xox[abp]|AIza|ya29)[-_.]?[\w.-]{16,}|\bAKIA[A-Z0-9]{16}\b|\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*|\b(?:Bearer|Basic)\s+[\w+/=.~-]{8,}|-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;

/** A name whose value is a secret. */
const secretNames = /^(?:api[-_]?key|authorization|password|secret|token|access[-_]?token)$/i;

/** A body as JSON: media and what looks like a secret are taken out, long texts are cut. */
function redacted(body: unknown): string {
  const text = JSON.stringify(body, (name, value: unknown) => {
    if (typeof value !== "string") return value;
    if (secretNames.test(name)) return "[redacted]";
    if (name === "data" || name === "signature" || /^data:\w/.test(value)) {
      return `[${value.length} characters]`;
    }
    return cut(value, maxTextCharacters).replaceAll(secrets, "[redacted]");
  });
  return cut(text, maxCharacters);
}

function cut(text: string, length: number): string {
  return text.length > length
    ? `${text.slice(0, length)}… (${text.length - length} more characters)`
    : text;
}

/** Keeps what was answered, until its exchange is over. */
export class Answers {
  readonly #answers = new WeakMap<Exchange, ChatEvent[]>();

  /** The same stream; what passes is kept, as far as it will be shown. */
  watched(stream: ChatStream, exchange: Exchange): ChatStream {
    const events: ChatEvent[] = [];
    let characters = 0;
    // A second attempt begins a new answer.
    this.#answers.set(exchange, events);
    return mapEvents(stream, (event) => {
      if (characters < maxCharacters) events.push(event);
      characters += "text" in event ? event.text.length : 64;
      return event;
    });
  }

  /** The request and the answer as they may be kept. */
  bodiesOf(exchange: Exchange): string {
    const { messages, tools, sampling } = exchange.request;
    const request = redacted({ messages, tools, sampling });
    const answer = redacted(joined(this.#answers.get(exchange) ?? []));
    return JSON.stringify({ request, answer });
  }
}

/** Texts that follow each other as one. */
function joined(events: readonly ChatEvent[]): readonly ChatEvent[] {
  const whole: ChatEvent[] = [];
  for (const event of events) {
    const last = whole.at(-1);
    const isMore =
      (event.type === "text" || event.type === "reasoning") &&
      last?.type === event.type &&
      last.choice === event.choice;
    if (isMore) whole[whole.length - 1] = { ...last, text: last.text + event.text };
    else whole.push(event);
  }
  return whole;
}

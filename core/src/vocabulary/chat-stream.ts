import type { Answer, ChatEvent, ChatStream, Choice, Usage } from "./answer.ts";
import { AgproxyError } from "../errors/agproxy-error.ts";

type Content = Choice["content"][number];

interface Draft {
  content: Content[];
  citations: Choice["citations"][number][];
  logprobs: Choice["logprobs"][number][];
  embedding?: readonly number[];
  finish: Choice["finish"] | undefined;
}

/**
 * Reads a stream to its end, as one answer. Throws what the stream throws, and `upstream_cut` where a choice has no
 * finish.
 *
 * @example
 * const { choices, usage } = await collect(await upstream.send(request, attempt));
 */
export async function collect(stream: ChatStream): Promise<Answer> {
  const events: ChatEvent[] = [];
  for await (const batch of stream) for (const event of batch) events.push(event);
  return answerOf(events);
}

/** Joins all events of a stream to one answer. Throws `upstream_cut` where a choice has no finish. */
export function answerOf(events: readonly ChatEvent[]): Answer {
  const drafts: Draft[] = [];
  let usage: Usage | undefined;
  for (const event of events) {
    if (event.type === "usage") usage = event.usage;
    else add((drafts[event.choice] ??= emptyDraft()), event);
  }
  if (drafts.length === 0) throw new AgproxyError("upstream_cut");
  const choices: Choice[] = [];
  // Not `map`: it skips the holes of an array, and a choice without events must fail.
  for (const draft of drafts) choices.push(finished(draft));
  return usage === undefined ? { choices } : { choices, usage };
}

function emptyDraft(): Draft {
  return { content: [], citations: [], logprobs: [], finish: undefined };
}

function finished(draft: Draft | undefined): Choice {
  if (draft?.finish === undefined) throw new AgproxyError("upstream_cut");
  return { ...draft, finish: draft.finish };
}

function add(draft: Draft, event: Exclude<ChatEvent, { type: "usage" }>): void {
  switch (event.type) {
    case "text":
    case "reasoning":
    case "refusal":
      addText(draft.content, event);
      break;
    case "citation":
      draft.citations.push(event.citation);
      break;
    case "logprobs":
      for (const token of event.tokens) draft.logprobs.push(token);
      break;
    case "embedding":
      draft.embedding = event.vector;
      break;
    case "finish":
      draft.finish = finishOf(event);
      break;
    case "media": {
      const { choice: _, data, ...part } = event;
      draft.content.push({ ...part, source: { kind: "data", data } });
      break;
    }
    case "tool-call":
    case "code":
    case "code-result":
    case "search": {
      const { choice: _, ...part } = event;
      draft.content.push(part);
      break;
    }
    default:
      event satisfies never;
  }
}

function finishOf(event: Extract<ChatEvent, { type: "finish" }>): Choice["finish"] {
  const { type: _type, choice: _choice, signature: _signature, ...finish } = event;
  return finish;
}

/** Joins consecutive text to one part. A signature ends its part, because it signs nothing that comes after it. */
function addText(
  content: Content[],
  event: Extract<ChatEvent, { type: "text" | "reasoning" | "refusal" }>,
): void {
  const last = content.at(-1);
  const joins = last?.type === event.type && last.signature === undefined;
  const text = joins ? last.text + event.text : event.text;
  const part = { type: event.type, text };
  const signed = event.signature === undefined ? part : { ...part, signature: event.signature };
  if (joins) content[content.length - 1] = signed;
  else content.push(signed);
}

/**
 * Changes a stream one event at a time: `fn` returns the event, another one, several, or undefined to drop it.
 * Batches stay batches, so this costs one asynchronous step per upstream read, not per event.
 *
 * @example
 * hooks.transformStream.tap("louder", (events) =>
 *   mapEvents(events, (event) =>
 *     event.type === "text" ? { ...event, text: event.text.toUpperCase() } : event,
 *   ),
 * );
 */
export async function* mapEvents(
  stream: ChatStream,
  fn: (event: ChatEvent) => ChatEvent | readonly ChatEvent[] | undefined,
): AsyncGenerator<readonly ChatEvent[], void, undefined> {
  for await (const batch of stream) yield batch.flatMap((event) => fn(event) ?? []);
}

/**
 * A stream of events that are all there, batch by batch.
 *
 * @example
 * const hello: ChatEvent = { type: "text", choice: 0, text: "hello" };
 * const greeter: Upstream = { name: "greeter", send: async () => streamOf([[hello]]) };
 */
export async function* streamOf(
  batches: readonly (readonly ChatEvent[])[],
): AsyncGenerator<readonly ChatEvent[], void, undefined> {
  yield* batches;
}

const details = [
  "cachedTokens",
  "reasoningTokens",
  "inputAudioTokens",
  "outputAudioTokens",
] as const;

/** What several answers used together; undefined where none of them counts. */
export function sumOfUsage(usages: readonly Usage[]): Usage | undefined {
  if (usages.length === 0) return undefined;
  const sum = (name: keyof Usage) => usages.reduce((all, usage) => all + (usage[name] ?? 0), 0);
  const counted = details.filter((name) => usages.some((usage) => usage[name] !== undefined));
  return {
    inputTokens: sum("inputTokens"),
    outputTokens: sum("outputTokens"),
    totalTokens: sum("totalTokens"),
    ...Object.fromEntries(counted.map((name) => [name, sum(name)])),
  };
}

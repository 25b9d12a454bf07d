import {
  AgproxyError,
  type Answer,
  type ChatEvent,
  type Encoder,
  sseFrame,
  type Usage,
} from "agproxy";
import type { ToolNames } from "../tool-names.ts";
import { answerEvents } from "./answer-events.ts";
import { choices } from "./choices.ts";
import { type Ending, ending, type Finish } from "./ending.ts";
import { EventFrames, silence } from "./event-frames.ts";
import { responseFailure } from "./failure.ts";
import { Ladder } from "./ladder.ts";
import { type ResponseHead, responseObject, type ResponseState } from "./response-object.ts";
import { wireUsage } from "./usage.ts";

export interface Answering {
  readonly head: ResponseHead;
  readonly names: ToolNames;
  /** Item ids are made of it. */
  readonly seed: string;
  /** Whether an answer that is not streamed carries `choices` too. */
  readonly choices: boolean;
  /** Unix time in seconds. */
  readonly now: () => number;
}

/**
 * One answer as a Response: the ladder of events, or the finished object.
 * Source: https://platform.openai.com/docs/api-reference/responses-streaming
 */
export class ResponsesEncoder implements Encoder {
  readonly #answering: Answering;
  readonly #frames = new EventFrames();
  readonly #ladder: Ladder;
  #begun = false;
  #finish: Finish | undefined;
  #usage: Usage | undefined;

  constructor(answering: Answering) {
    this.#answering = answering;
    this.#ladder = new Ladder(this.#frames, answering.seed, answering.names);
  }

  batch(events: readonly ChatEvent[]): string {
    if (events.length === 0) return "";
    this.#begin();
    for (const event of events) {
      if (event.type === "usage") this.#usage = event.usage;
      // This API has one answer to a request.
      else if (event.choice !== 0) continue;
      else if (event.type === "finish") this.#finish = event;
      else this.#ladder.add(event);
    }
    return this.#frames.take();
  }

  end(): string {
    this.#begin();
    try {
      const state = closed(this.#ladder, this.#finish);
      this.#terminal({ ...state, ...completion(state, this.#answering) });
    } catch (thrown) {
      return this.fail(AgproxyError.from(thrown));
    }
    return this.#frames.take() + sseFrame("[DONE]");
  }

  /**
   * Two events, because some clients know only the one and some only the other, and in this order, because
   * those that know both stop at the first. No `[DONE]`: it means success.
   */
  fail(error: AgproxyError): string {
    this.#begin();
    const failure = responseFailure(error);
    this.#frames.event("error", { ...failure, param: error.param ?? null });
    this.#terminal({ status: "failed", error: failure });
    return this.#frames.take();
  }

  /** Throws for an answer that failed: it becomes an HTTP error. */
  whole(answer: Answer): unknown {
    const { seed, names, head } = this.#answering;
    const ladder = new Ladder(silence, seed, names);
    const choice = answer.choices[0];
    for (const event of choice === undefined ? [] : answerEvents(choice)) ladder.add(event);
    const state = closed(ladder, choice?.finish);
    const response = responseObject(head, {
      ...state,
      ...completion(state, this.#answering),
      output: ladder.items,
      usage: wireUsage(answer.usage),
    });
    if (!this.#answering.choices || choice === undefined) return response;
    return { ...response, choices: choices(ladder.items, choice.finish.reason) };
  }

  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    const response = responseObject(this.#answering.head, { status: "in_progress" });
    this.#frames.event("response.created", { response });
    this.#frames.event("response.in_progress", { response });
  }

  #terminal(state: ResponseState): void {
    const output = this.#ladder.items;
    const usage = wireUsage(this.#usage);
    const response = responseObject(this.#answering.head, { ...state, output, usage });
    this.#frames.event(`response.${state.status}`, { response });
  }
}

/** Closes the items of an answer that ended well enough to be one. */
function closed(ladder: Ladder, finish: Finish | undefined): Ending {
  const state = ending(finish, ladder.saidSomething);
  if (state.incomplete?.reason === "content_filter" && !ladder.saidSomething) {
    ladder.add({ type: "refusal", choice: 0, text: refusal(finish?.detail) });
  }
  ladder.close(state.status);
  return state;
}

/** Without a word of explanation, a blocked prompt looks like an empty answer and is sent again. */
function refusal(detail: string | undefined): string {
  return detail === undefined
    ? "The upstream's content filter stopped the answer."
    : `The upstream's content filter stopped the answer (${detail}).`;
}

function completion({ status }: Ending, { now }: Answering): Pick<ResponseState, "completedAt"> {
  return status === "completed" ? { completedAt: now() } : {};
}

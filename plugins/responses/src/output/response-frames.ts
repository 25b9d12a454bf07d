import type { AgproxyError, Encoder } from "@agproxy/core";
import { EventFrames, type Framing } from "./event-frames.ts";
import {
  responseFailure,
  type ResponseHead,
  type ResponseObject,
  responseObject,
  type ResponseState,
  type WireUsage,
} from "./response-object.ts";
import type { OutputItem } from "./output-items.ts";

/** Keeps a response that has ended. Returns it as it is to be told: it may turn out not to be kept. */
export type Keeper = (response: ResponseObject) => Promise<ResponseObject>;

/** What had come of an answer when it ended. */
export interface Ended {
  readonly output: readonly OutputItem[];
  readonly usage: WireUsage;
}

/** The events around the items of one answer: its beginning, its signs of life, and its one end. */
export class ResponseFrames extends EventFrames {
  readonly #head: ResponseHead;
  readonly #framing: Framing;
  readonly #keep: Keeper | undefined;
  #begun = false;

  constructor(head: ResponseHead, framing: Framing, keep: Keeper | undefined) {
    super(framing);
    this.#head = head;
    this.#framing = framing;
    this.#keep = keep;
  }

  begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    const response = this.#inProgress();
    this.event("response.created", { response });
    this.event("response.in_progress", { response });
  }

  /**
   * A known event without news. Some clients count only events against their idle limit, not comments, and
   * strict ones fail on an event they do not know.
   */
  idle(): string {
    if (!this.#begun) return "";
    this.event("response.in_progress", { response: this.#inProgress() });
    return this.take();
  }

  end(state: ResponseState): ReturnType<Encoder["end"]> {
    return this.#terminal(`response.${state.status}`, state, this.#framing.end);
  }

  /**
   * Two events, because some clients know only the one and some only the other, and in this order, because
   * those that know both stop at the first. No `[DONE]`: it means success.
   */
  fail(error: AgproxyError, ended: Ended): ReturnType<Encoder["fail"]> {
    this.begin();
    const failure = responseFailure(error);
    this.event("error", { ...failure, param: error.param ?? null });
    return this.#terminal("response.failed", { ...ended, ...failed(error) }, "");
  }

  /** Kept before it is told: who has read of the end can ask for the response. */
  #terminal(type: string, state: ResponseState, end: string): string | Promise<string> {
    const response = responseObject(this.#head, state);
    const tell = (told: ResponseObject) => {
      this.event(type, { response: told });
      return this.take() + end;
    };
    return this.#keep === undefined ? tell(response) : this.#keep(response).then(tell);
  }

  #inProgress(): ResponseObject {
    return responseObject(this.#head, { status: "in_progress" });
  }
}

/** Only a background response outlives its client: one that was given up there was cancelled. */
function failed(error: AgproxyError): Pick<ResponseState, "status" | "error"> {
  return error.code === "client_closed_request"
    ? { status: "cancelled" }
    : { status: "failed", error: responseFailure(error) };
}

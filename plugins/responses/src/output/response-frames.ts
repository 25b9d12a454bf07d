import type { AgproxyError, Encoder } from "@agproxy/core";
import { EventFrames, type Framing } from "./event-frames.ts";
import type { OutputItem } from "./output-items.ts";
import {
  responseFailure,
  type ResponseHead,
  type ResponseObject,
  responseObject,
  type ResponseState,
  type WireUsage,
} from "./response-object.ts";

/** Keeps a response that has ended. Returns it as the client is to get it: with `store: false` where keeping failed. */
export type Keeper = (response: ResponseObject) => Promise<ResponseObject>;

/** What there was of an answer when it ended. */
export interface PartialOutput {
  readonly output: readonly OutputItem[];
  readonly usage: WireUsage;
}

/** The events around the items of one answer: its beginning, its signs of life and its end. */
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
   * An event without news. A comment would not do: some clients count only events against their idle timeout. Nor would
   * an event of our own: strict clients fail on an unknown type.
   */
  idle(): string {
    if (!this.#begun) return "";
    this.event("response.in_progress", { response: this.#inProgress() });
    return this.take();
  }

  end(state: ResponseState): ReturnType<Encoder["end"]> {
    return this.#lastEvent(`response.${state.status}`, state, this.#framing.end);
  }

  /**
   * Sends two events, because some clients know only one of them. `error` comes first: clients that know both stop at
   * the first. There is no `[DONE]`, which means success.
   *
   * The `error` event says everything twice: OpenAI's description has its fields in the event itself, the Open Responses
   * specification and WebSocket clients have them in `error`.
   */
  fail(error: AgproxyError, partial: PartialOutput): ReturnType<Encoder["fail"]> {
    this.begin();
    const failure = responseFailure(error);
    const fields = { ...failure, param: error.param ?? null };
    const status = this.#framing.tellsStatus ? { status: midStreamStatus(error) } : {};
    this.event("error", { ...fields, ...status, error: { type: error.type, ...fields } });
    return this.#lastEvent("response.failed", { ...partial, ...failedState(error) }, "");
  }

  /** The response is kept before the event is sent: a client that has read it may ask for the response. */
  #lastEvent(type: string, state: ResponseState, end: string): string | Promise<string> {
    const response = responseObject(this.#head, state);
    const frames = (kept: ResponseObject) => {
      this.event(type, { response: kept });
      return this.take() + end;
    };
    return this.#keep === undefined ? frames(response) : this.#keep(response).then(frames);
  }

  #inProgress(): ResponseObject {
    return responseObject(this.#head, { status: "in_progress" });
  }
}

/** Codex tries again at a 503, and gives up at a 429 that comes over a WebSocket. The code still says what it was. */
function midStreamStatus({ status }: AgproxyError): number {
  return status === 429 ? 503 : status;
}

/** Only background responses are read after this error; there it means cancelled. */
function failedState(error: AgproxyError): Pick<ResponseState, "status" | "error"> {
  return error.code === "client_closed_request"
    ? { status: "cancelled" }
    : { status: "failed", error: responseFailure(error) };
}

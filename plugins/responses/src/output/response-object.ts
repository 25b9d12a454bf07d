import type { JsonObject } from "@agproxy/core";
import type { ResponseFailure } from "./failure.ts";
import type { OutputItem } from "./output-item.ts";
import type { WireUsage } from "./usage.ts";

/** What is the same in every copy of one Response. */
export interface ResponseHead {
  readonly id: string;
  /** Unix time in seconds. */
  readonly created: number;
  /** As the client wrote it. */
  readonly model: string;
  /** The request's own fields, repeated. */
  readonly echoed: JsonObject;
}

type ResponseStatus =
  | "queued"
  | "in_progress"
  | "completed"
  | "incomplete"
  | "failed"
  | "cancelled";

/** How far a Response came. */
export interface ResponseState {
  readonly status: ResponseStatus;
  /** Unix time in seconds; only of one that is completed. */
  readonly completedAt?: number;
  readonly error?: ResponseFailure;
  readonly incomplete?: { readonly reason: string } | null;
  readonly output?: readonly OutputItem[];
  readonly usage?: WireUsage;
}

export type ResponseObject = ReturnType<typeof responseObject>;

/**
 * A Response with every field of OpenAI's description: clients that check types fail on a missing one.
 * Source: https://platform.openai.com/docs/api-reference/responses/object
 */
export function responseObject(head: ResponseHead, state: ResponseState) {
  return {
    id: head.id,
    object: "response",
    created_at: head.created,
    status: state.status,
    completed_at: state.completedAt ?? null,
    error: state.error ?? null,
    incomplete_details: state.incomplete ?? null,
    model: head.model,
    output: state.output ?? [],
    usage: state.usage ?? null,
    ...head.echoed,
  };
}

import { isObject, type JsonObject } from "@agproxy/core";

export interface EnvelopeFields {
  readonly model: string;
  readonly project: string;
  readonly requestId: string;
  /** A word that is equal for requests of one conversation. */
  readonly sessionId?: string | undefined;
}

/** Wraps a Gemini request as Cloud Code wants it. */
export function envelope(body: JsonObject, fields: EnvelopeFields): object {
  const { sessionId, ...names } = fields;
  const request = sessionId === undefined ? body : { ...body, sessionId };
  return { ...names, userAgent: "agproxy", request };
}

/** The answer inside of Cloud Code's `{ response, traceId }`. An error comes without it. */
export const unwrapped = (payload: unknown): unknown =>
  isObject(payload) && "response" in payload ? payload.response : payload;

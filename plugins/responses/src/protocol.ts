import type { Caller, Encoder, Incoming, Log, Protocol, Stamp, Seals } from "@agproxy/core";
import { CompactionEncoder } from "./compaction/encoder.ts";
import { refuseOrphanOutputs } from "./state/recalled-items.ts";
import { type EncoderOptions, ResponsesEncoder } from "./output/encoder.ts";
import { type Framing, sse } from "./output/event-frames.ts";
import { type ResponseHead, responseObject, wireError } from "./output/response-object.ts";
import {
  type ConnectionMemory,
  readResponseRequest,
  responseKeeper,
  type ResponseRequest,
  storedResponse,
} from "./response-request.ts";
import { signatureToken } from "./signatures.ts";
import type { Archive, StoredResponse } from "./state/archive.ts";

/** What HTTP and WebSocket share. */
export interface ProtocolContext {
  /** Whether an answer that is not streamed carries `choices` too. */
  readonly choices: boolean;
  readonly archive: Archive;
  readonly seals: Seals;
  readonly log: Log;
}

/** What differs between an HTTP request and a WebSocket. */
interface Wire {
  readonly framing: Framing;
  readonly memory?: ConnectionMemory;
}

/** Whose response it is, and its id, time and model. */
export interface ResponseIdentity {
  readonly caller: Caller;
  /** As the client wrote it. */
  readonly model: string;
  readonly stamp: Stamp;
}

export interface ResponsesProtocol extends Protocol<ResponseRequest> {
  /** An encoder for a response that is not the answer of an exchange, or not yet. */
  encoderFor(request: ResponseRequest, identity: ResponseIdentity): Encoder;
  /** What is stored of a response before it begins. */
  queued(request: ResponseRequest, identity: ResponseIdentity): StoredResponse;
}

/**
 * The protocol of `POST /v1/responses`.
 * Source: https://platform.openai.com/docs/api-reference/responses
 */
export function responsesProtocol(
  context: ProtocolContext,
  wire: Wire = { framing: sse },
): ResponsesProtocol {
  function checked(request: ResponseRequest, { id }: Incoming): ResponseRequest {
    const { ignored, history, items, compacts } = request;
    // A summary is asked for where the window is full: its client may have left out old calls.
    if (!compacts) refuseOrphanOutputs(history, items);
    if (ignored.length > 0) context.log.info({ id, ignored }, "responses: ignored fields");
    return request;
  }

  function encoderFor(request: ResponseRequest, identity: ResponseIdentity): Encoder {
    const options = encoderOptions(request, identity, context, wire);
    return request.compacts ? new CompactionEncoder(options) : new ResponsesEncoder(options);
  }

  return {
    name: "responses",
    decode(body, incoming, caller) {
      const request = readResponseRequest(body, caller, { ...context, ...wire });
      return request instanceof Promise
        ? request.then((read) => checked(read, incoming))
        : checked(request, incoming);
    },
    encoder({ caller, request }, stamp, decoded) {
      return encoderFor(decoded, { caller, model: request.model, stamp });
    },
    error: wireError,
    encoderFor,
    queued(request, identity) {
      const response = responseObject(headOf(request, identity), { status: "queued" });
      return storedResponse(request, response, identity.stamp.id);
    },
  };
}

function headOf({ echoed }: ResponseRequest, { model, stamp }: ResponseIdentity): ResponseHead {
  return { id: `resp_${stamp.id}`, created: stamp.created, model, echoed };
}

function encoderOptions(
  request: ResponseRequest,
  identity: ResponseIdentity,
  { choices, seals, archive }: ProtocolContext,
  { framing, memory }: Wire,
): EncoderOptions {
  const { caller, stamp } = identity;
  return {
    head: headOf(request, identity),
    names: request.names,
    seed: stamp.id,
    choices,
    now: () => Math.floor(Date.now() / 1000),
    token: (signatures) => signatureToken(signatures, () => seals(caller.id)),
    framing,
    keep: responseKeeper(request, caller, stamp.id, archive, memory),
  };
}

import type { Caller, Encoder, Incoming, Log, Protocol, Stamp } from "@agproxy/core";
import { CompactionEncoder } from "./compaction/encoder.ts";
import {
  keeperOf,
  type ConnectionMemory,
  readTurn,
  storedTurn,
  type Turn,
} from "./response-request.ts";
import { type Answering, ResponsesEncoder } from "./output/encoder.ts";
import { wireError, type ResponseHead, responseObject } from "./output/response-object.ts";
import { type Framing, sse } from "./output/event-frames.ts";
import type { Seal } from "./seal.ts";
import { signatureToken } from "./signatures.ts";
import type { Archive, StoredResponse } from "./state/archive.ts";

/** What all wires of the plugin share. */
export interface Surroundings {
  readonly choices: boolean;
  readonly archive: Archive;
  readonly seal: Seal;
  readonly log: Log;
}

/** What differs between an HTTP request and a connection that lasts. */
interface Wire {
  readonly framing: Framing;
  readonly memory?: ConnectionMemory;
}

/** Whose answer it is and what it is to be called. */
export interface Answered {
  readonly incoming: Incoming;
  readonly caller: Caller;
  readonly model: string;
  readonly stamp: Stamp;
}

export interface ResponsesProtocol extends Protocol {
  /** The encoder of a request that was decoded, with or without an exchange. */
  encoderFor(answered: Answered): Encoder;
  /** What is kept of a response that has yet to begin. */
  queued(answered: Answered): StoredResponse;
}

/**
 * The wire of `POST /v1/responses`.
 * Source: https://platform.openai.com/docs/api-reference/responses
 */
export function responsesProtocol(
  around: Surroundings,
  wire: Wire = { framing: sse },
): ResponsesProtocol {
  const turns = new WeakMap<Incoming, Turn>();

  function take(turn: Turn, incoming: Incoming) {
    turns.set(incoming, turn);
    if (turn.ignored.length > 0) {
      around.log.info({ id: incoming.id, ignored: turn.ignored }, "responses: not honoured");
    }
    return { request: turn.request, ignored: turn.ignored };
  }

  function turnOf(incoming: Incoming): Turn {
    const turn = turns.get(incoming);
    if (turn === undefined) throw new Error("an answer to a request that was not decoded");
    return turn;
  }

  const encoderFor: ResponsesProtocol["encoderFor"] = (answered) => {
    const Kind = turnOf(answered.incoming).compacts ? CompactionEncoder : ResponsesEncoder;
    return new Kind(answering(turnOf(answered.incoming), answered, around, wire));
  };

  return {
    name: "responses",
    decode(body, incoming, caller) {
      const turn = readTurn(body, caller, { ...around, ...wire });
      return turn instanceof Promise
        ? turn.then((read) => take(read, incoming))
        : take(turn, incoming);
    },
    encoder(exchange, stamp) {
      const { incoming, caller, request } = exchange;
      return encoderFor({ incoming, caller, model: request.model, stamp });
    },
    error: wireError,
    encoderFor,
    queued(answered) {
      const turn = turnOf(answered.incoming);
      const response = responseObject(headOf(turn, answered), { status: "queued" });
      return storedTurn(turn, response, answered.stamp.id);
    },
  };
}

function headOf({ echo }: Turn, { model, stamp }: Answered): ResponseHead {
  return { id: `resp_${stamp.id}`, created: stamp.created, model, echoed: echo.fields };
}

function answering(turn: Turn, answered: Answered, around: Surroundings, wire: Wire): Answering {
  const { caller, stamp } = answered;
  return {
    head: headOf(turn, answered),
    names: turn.echo.names,
    seed: stamp.id,
    choices: around.choices,
    now: () => Math.floor(Date.now() / 1000),
    token: (signatures) => signatureToken(signatures, around.seal),
    framing: wire.framing,
    keep: keeperOf(turn, caller, stamp.id, { ...around, ...wire }),
  };
}

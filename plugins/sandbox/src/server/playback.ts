import type { ServerResponse } from "node:http";
import type { Failure } from "./failure.ts";
import { errorText, googleError } from "./google-error.ts";
import { jsonType } from "./json-reply.ts";

/** What is written to a client, and what becomes of the connection after it. */
export interface Playback {
  readonly texts: Iterable<string>;
  readonly ending: "end" | "cut" | "stall";
}

/** How responses become text: as server-sent events, or as one JSON array where `alt=sse` is not asked for. */
export interface Framing {
  readonly contentType: string;
  frame(json: string, index: number): string;
  readonly close: string;
}

export const sseFraming: Framing = {
  contentType: "text/event-stream",
  frame: (json) => `data: ${json}\r\n\r\n`,
  close: "",
};

export const arrayFraming: Framing = {
  contentType: jsonType,
  frame: (json, index) => `${index === 0 ? "[" : ",\r\n"}${json}`,
  close: "]",
};

/** A streamed answer, whole or broken off in the middle as the failure says. */
export function streamedPlayback(
  responses: Iterable<unknown>,
  framing: Framing,
  failure: Failure | undefined,
): Playback {
  if (!breaksOff(failure)) return { texts: framed(responses, framing), ending: "end" };
  const all = [...framed(responses, { ...framing, close: "" })];
  const half = all.slice(0, Math.ceil(all.length / 2));
  if (failure !== "error-in-stream") return { texts: half, ending: endingOf(failure) };
  const error = googleError(503, "The model is overloaded. Please try again later.");
  return { texts: [...half, errorText(error)], ending: "end" };
}

/** An answer in one piece, or the first half of it. */
export function wholePlayback(response: unknown, failure: Failure | undefined): Playback {
  const text = JSON.stringify(response, null, 2);
  if (!breaksOff(failure)) return { texts: [text], ending: "end" };
  return { texts: [text.slice(0, text.length / 2)], ending: endingOf(failure) };
}

function breaksOff(failure: Failure | undefined): boolean {
  return failure === "cut" || failure === "stall-midway" || failure === "error-in-stream";
}

function endingOf(failure: Failure | undefined): Playback["ending"] {
  return failure === "cut" ? "cut" : "stall";
}

function* framed(responses: Iterable<unknown>, framing: Framing): Generator<string> {
  let index = 0;
  for (const response of responses) {
    yield framing.frame(JSON.stringify(response), index);
    index += 1;
  }
  if (framing.close !== "") yield framing.close;
}

/**
 * Writes a playback as fast as the client reads, or one text every `paceMs` milliseconds. Texts are made as they are
 * written, and a response never has more than one timer and one listener.
 */
export function play(response: ServerResponse, { texts, ending }: Playback, paceMs: number): void {
  const rest = texts[Symbol.iterator]();
  let timer: NodeJS.Timeout | undefined;
  response.once("close", () => clearTimeout(timer));
  advance();

  function advance(): void {
    while (!response.destroyed) {
      const next = rest.next();
      if (next.done === true) {
        end();
        return;
      }
      const flows = response.write(next.value);
      if (!flows) {
        response.once("drain", advance);
        return;
      }
      if (paceMs > 0) {
        timer = setTimeout(advance, paceMs);
        return;
      }
    }
  }

  function end(): void {
    if (ending === "end") response.end();
    // What is written still arrives; the end of the body never does.
    if (ending === "cut") {
      cuts.add(response);
      response.socket?.destroySoon();
    }
  }
}

const cuts = new WeakSet<ServerResponse>();

/** Whether the sandbox itself broke the connection off, rather than the client. */
export function wasCut(response: ServerResponse): boolean {
  return cuts.has(response);
}

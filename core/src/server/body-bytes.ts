import type { IncomingMessage } from "node:http";
import { AgproxyError } from "../errors/agproxy-error.ts";
import { yieldToEventLoop } from "../kit/event-loop.ts";
import { joinedBytes } from "../kit/joined-bytes.ts";
import type { Hold } from "../request/caller-loads.ts";

/** Reading a larger body takes milliseconds, so the event loop gets a turn between the steps. */
export const yieldAboveBytes = 1024 * 1024;

/** Memory is counted in steps: the bodies of most requests take one. */
const heldStepBytes = 64 * 1024;

/** Reads a request body. Throws `body_too_large`, `unsupported_media_type`, and what `hold` throws. */
export async function readBytes(
  message: IncomingMessage,
  limitBytes: number,
  hold: Hold,
): Promise<Buffer> {
  refuseCompressed(message);
  const declared = Number(message.headers["content-length"] ?? 0);
  if (declared > limitBytes) throw tooLarge(limitBytes);
  const body = new Body(message, limitBytes, hold);
  // A client that leaves in the middle of its body is no failure of agproxy.
  await new Promise<void>((resolve, reject) => {
    message.on("data", (bytes: Buffer) => body.take(bytes, reject));
    message.on("error", () => reject(new AgproxyError("client_closed_request")));
    message.on("end", resolve);
  });
  return body.bytes();
}

function refuseCompressed({ headers }: IncomingMessage): void {
  const encoding = headers["content-encoding"]?.trim() ?? "";
  if (/^(identity)?$/i.test(encoding)) return;
  throw new AgproxyError(
    "unsupported_media_type",
    `The request body is compressed with ${encoding}, which agproxy does not read.`,
    { advice: "Send it without Content-Encoding." },
  );
}

/** What all large bodies may read in one turn of the event loop. One read brings up to 64 KiB. */
const readTurnBytes = 2 * 1024 * 1024;
let readInTurn = 0;

/** Counts a read. Hundreds of bodies that have arrived would else all be read in one turn. */
function isTurnFull(bytes: number): boolean {
  if (readInTurn === 0) setImmediate(() => (readInTurn = 0));
  readInTurn += bytes;
  return readInTurn > readTurnBytes;
}

/** A body under way. */
class Body {
  readonly #message: IncomingMessage;
  readonly #limitBytes: number;
  readonly #hold: Hold;
  readonly #reads: Buffer[] = [];
  #size = 0;
  #held = 0;
  #waits = 0;
  #isRefused = false;

  constructor(message: IncomingMessage, limitBytes: number, hold: Hold) {
    this.#message = message;
    this.#limitBytes = limitBytes;
    this.#hold = hold;
  }

  take(bytes: Buffer, reject: (thrown: unknown) => void): void {
    if (this.#isRefused) return;
    // The rest is read and dropped: closing the connection now would reset it before the client has read the error.
    const refuse = (thrown: unknown) => {
      this.#isRefused = true;
      this.#reads.length = 0;
      this.#message.resume();
      reject(thrown);
    };
    this.#size += bytes.byteLength;
    if (this.#size > this.#limitBytes) return refuse(tooLarge(this.#limitBytes));
    this.#reads.push(bytes);
    if (this.#size > this.#held) this.#holdMore(refuse);
    if (this.#size > heldStepBytes && isTurnFull(bytes.byteLength)) {
      this.#pauseUntil(yieldToEventLoop(), refuse);
    }
  }

  #holdMore(refuse: (thrown: unknown) => void): void {
    const bytes = Math.max(heldStepBytes, this.#size - this.#held);
    this.#held += bytes;
    try {
      const waiting = this.#hold(bytes);
      if (waiting !== undefined) this.#pauseUntil(waiting, refuse);
    } catch (thrown) {
      refuse(thrown);
    }
  }

  #pauseUntil(waiting: Promise<void>, refuse: (thrown: unknown) => void): void {
    this.#waits += 1;
    this.#message.pause();
    const goOn = (): void => {
      this.#waits -= 1;
      if (this.#waits === 0) this.#message.resume();
    };
    waiting.then(goOn, refuse);
  }

  /** Taken out of the list: the listeners hold it until the answer is over, and would hold the body with it. */
  bytes(): Buffer | Promise<Buffer> {
    const all = this.#reads.splice(0);
    if (this.#size > yieldAboveBytes) return joinedBytes(all);
    return all.length === 1 ? all[0]! : Buffer.concat(all);
  }
}

function tooLarge(limitBytes: number): AgproxyError {
  return new AgproxyError("body_too_large", `The request body is larger than ${limitBytes} bytes.`);
}

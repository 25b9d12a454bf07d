import { Readable } from "node:stream";

/** From this length on, in bytes or characters, a body is sent as a stream. */
const streamedFromLength = 64 * 1024;

/** Clients hold a body until the answer to it is over; of a stream they hold no more than they have yet to send. */
export function outgoingBody(body: string | Uint8Array): string | Uint8Array | Readable {
  if (body.length < streamedFromLength) return body;
  const stream = new Readable({ read() {} });
  stream.push(body);
  stream.push(null);
  return stream;
}

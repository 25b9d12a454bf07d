import type { Duplex } from "node:stream";
import type { MessageMemory } from "@agproxy/core";
import type { WebSocket } from "ws";

/** Less of a message that has not come to its end is not counted. */
const stepBytes = 1024 * 1024;

/** What was said last has reached the client by then. Nothing is read meanwhile. */
const untilEndMs = 1000;

/**
 * Counts the bytes of a message that is still arriving as its caller's: a hundred connections that each send nearly all of a
 * large message, and wait, would else fill the memory. Where there is no room the connection is told and ends, because what is
 * left of the message could not be told from the next one.
 */
export function countArriving(
  socket: WebSocket,
  raw: Duplex,
  newMemory: () => MessageMemory,
  refuse: (thrown: unknown) => void,
): void {
  let memory: MessageMemory | undefined;
  let arrived = 0;
  let held = 0;

  const forget = () => {
    memory?.leave();
    memory = undefined;
    arrived = 0;
    held = 0;
  };

  const end = (thrown: unknown) => {
    socket.pause();
    refuse(thrown);
    setTimeout(() => socket.terminate(), untilEndMs).unref();
  };

  raw.on("data", (bytes: Buffer) => {
    arrived += bytes.byteLength;
    if (arrived < held + stepBytes || socket.readyState !== socket.OPEN) return;
    held += stepBytes;
    try {
      memory ??= newMemory();
      const waiting = memory.hold(stepBytes);
      if (waiting === undefined) return;
      socket.pause();
      waiting.then(() => socket.resume(), end);
    } catch (thrown) {
      end(thrown);
    }
  });
  socket.on("message", forget);
  socket.on("close", forget);
}

import { connect } from "node:net";

/** An answer as it came over the wire, for requests that `fetch` would tidy or refuse to send. */
export interface RawAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** A connection to a gateway that fails its test, and not the whole run, where nothing comes. */
export function connection({ url }: { readonly url: string }) {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  return socket.setTimeout(30_000, () => socket.destroy(new Error("no answer")));
}

/** Sends exactly these bytes on a connection of its own, and reads one answer. */
export async function rawAnswer(
  gateway: { readonly url: string },
  bytes: string | Uint8Array,
): Promise<RawAnswer> {
  const socket = connection(gateway);
  socket.write(bytes);
  const [head = "", ...rest] = (await readAnswer(socket)).split("\r\n\r\n");
  return { status: Number(head.split(" ")[1]), head, body: rest.join("\r\n\r\n") };
}

/** What comes on a connection until one answer is whole, or it ends. */
export async function readAnswer(socket: AsyncIterable<Buffer>): Promise<string> {
  let answer = "";
  for await (const read of socket) {
    answer += read.toString();
    if (isWhole(answer)) break;
  }
  return answer;
}

/** Whether an answer has as much of a body as it announces. One without a length ends with its connection. */
function isWhole(answer: string): boolean {
  const end = answer.indexOf("\r\n\r\n");
  const length = /^content-length: (\d+)/im.exec(answer.slice(0, end))?.[1];
  return end !== -1 && Buffer.byteLength(answer.slice(end + 4)) >= Number(length ?? Infinity);
}
